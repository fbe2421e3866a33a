"""A bank holiday that one partnership works on: its people are reminded on it, and nobody else."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.partnerships import add_closure_day, add_worked_holiday, remove_closure_day
from cycle_tracker.jobs.queries import QUEUE_NOTICES, list_missed_days
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import ClosureDay, Partnership
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.calendars import at_work_on, calendar_of, calendar_of_service
from cycle_tracker.reminders.queries.forecasts import forecast
from cycle_tracker.reminders.services.reminders import queue_due_notices
from scheduler.jobs import run_job
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.days import Days, moment

pytestmark = pytest.mark.alike_on_both_databases

ST_ANDREWS = date(2026, 11, 30)  # a Monday
FRIDAY, TUESDAY = date(2026, 11, 27), date(2026, 12, 1)
ENTERED = date(2026, 11, 2)


@pytest.fixture
def places(days: Days) -> tuple[Partnership, Partnership]:
    """Moray, which works on St Andrew's Day, and Fife; each has a step that is due on it."""
    found = make_partnership("moray"), make_partnership("fife")
    admin = make_user("Jean Hay", role=Role.ADMINISTRATOR)
    for place in found:
        owner = make_user(f"Owner in {place.name}", role=Role.CONTRIBUTOR, partnership=place)
        make_milestone(place, due_on=ST_ANDREWS, owner=owner, entered_on=ENTERED)
    add_worked_holiday(found[0], ST_ANDREWS, by=admin, today=ENTERED, now=moment(ENTERED))
    db.session.commit()
    return found


def run(days: Days, day: date) -> dict[str, object]:
    db.session.commit()
    report = run_job(days.app, QUEUE_NOTICES, day)
    assert report.usable, report.said
    db.session.rollback()
    return report.counts


def reminded() -> list[tuple[date, str]]:
    """On which day who was to hear of something that is in an email by now, each once."""
    rows = db.session.execute(
        select(Notice.queued_on, User.name)
        .join(User, User.id == Notice.user_id)
        .where(Notice.message_id.is_not(None))
        .distinct()
    )
    found = sorted((row[0], row[1]) for row in rows)
    db.session.rollback()
    return found


def test_the_day_is_one_of_work_for_that_partnership_alone(places: tuple[Partnership, Partnership]) -> None:
    moray, fife = (calendar_of(place.id) for place in places)
    assert moray.is_working_day(ST_ANDREWS)
    assert not fife.is_working_day(ST_ANDREWS)
    assert not SCOTLAND.is_working_day(ST_ANDREWS)
    assert calendar_of_service().is_working_day(ST_ANDREWS)
    assert (moray.on_or_before(ST_ANDREWS), fife.on_or_before(ST_ANDREWS)) == (ST_ANDREWS, FRIDAY)


def test_whoever_works_is_reminded_on_the_day_and_the_others_before_it(
    days: Days, places: tuple[Partnership, Partnership]
) -> None:
    run(days, FRIDAY)
    # Friday is the day of the reminder 3 days before, and for Fife that of the date itself too.
    assert reminded() == [(FRIDAY, "Owner in Fife"), (FRIDAY, "Owner in Moray")]
    counts = run(days, ST_ANDREWS)
    assert (counts["working_day"], counts["milestones"], counts["messages"]) == (1, 1, 1)
    assert reminded()[2:] == [(ST_ANDREWS, "Owner in Moray")]
    run(days, TUESDAY)
    assert reminded()[3:] == [(TUESDAY, "Owner in Fife"), (TUESDAY, "Owner in Moray")]


def test_what_waits_for_others_waits_over_the_holiday(days: Days, places: tuple[Partnership, Partnership]) -> None:
    """A notice of Friday in Fife that no email carries yet: the run on the holiday leaves it alone."""
    owner = db.session.scalars(select(User).where(User.name == "Owner in Fife")).one()
    db.session.commit()
    queue_due_notices(FRIDAY, moment(FRIDAY))
    run(days, ST_ANDREWS)
    waiting = select(Notice.id).where(Notice.user_id == owner.id, Notice.message_id.is_(None))
    assert db.session.scalars(waiting).all()
    run(days, TUESDAY)
    assert not db.session.scalars(waiting).all()


def test_a_run_that_failed_on_the_holiday_is_noticed(days: Days, places: tuple[Partnership, Partnership]) -> None:
    run(days, FRIDAY)
    run(days, TUESDAY)
    assert list_missed_days(QUEUE_NOTICES) == [ST_ANDREWS]


def test_the_forecast_knows_who_works(days: Days, places: tuple[Partnership, Partnership]) -> None:
    foreseen = [mail.day for mail in forecast(FRIDAY, 6).mails]
    for day in (FRIDAY, ST_ANDREWS, TUESDAY):
        run(days, day)
    assert foreseen == [day for day, _ in reminded()] == [FRIDAY, FRIDAY, ST_ANDREWS, TUESDAY, TUESDAY]


def test_it_is_recorded_and_can_be_undone(days: Days, places: tuple[Partnership, Partnership]) -> None:
    admin = db.session.scalars(select(User).where(User.name == "Jean Hay")).one()
    worked = db.session.scalars(select(ClosureDay)).one()
    assert (worked.name, worked.is_worked) == ("St Andrew’s Day", True)
    remove_closure_day(places[0], worked, by=admin, today=ENTERED, now=moment(ENTERED))
    assert not calendar_of(places[0].id).is_working_day(ST_ANDREWS)
    actions = db.session.scalars(
        select(AuditEvent.action).where(AuditEvent.subject == "partnership").order_by(AuditEvent.id)
    ).all()
    assert actions == ["worked-holiday-added", "worked-holiday-removed"]
    step = db.session.scalars(select(Milestone).where(Milestone.partnership_id == places[0].id)).one()
    assert step.next_notice_on == ENTERED, "the rules are asked again"


@pytest.mark.parametrize("day", [date(2026, 12, 26), date(2026, 12, 1), ST_ANDREWS])
def test_only_a_bank_holiday_on_a_weekday_is_marked_and_once(
    days: Days, places: tuple[Partnership, Partnership], day: date
) -> None:
    admin = db.session.scalars(select(User).where(User.name == "Jean Hay")).one()
    with pytest.raises(RuleBroken):
        add_worked_holiday(places[0], day, by=admin, today=ENTERED, now=moment(ENTERED))


def test_a_day_is_not_worked_and_closed(days: Days, places: tuple[Partnership, Partnership]) -> None:
    admin = db.session.scalars(select(User).where(User.name == "Jean Hay")).one()
    with pytest.raises(RuleBroken, match="already in the list"):
        add_closure_day(places[0], ST_ANDREWS, "", by=admin, today=ENTERED, now=moment(ENTERED))


def test_a_holiday_on_which_a_partnership_is_closed_of_its_own_is_no_day_of_work(
    days: Days, places: tuple[Partnership, Partnership]
) -> None:
    moray, fife = places
    admin = db.session.scalars(select(User).where(User.name == "Jean Hay")).one()
    christmas = date(2026, 12, 25)
    for day in (ST_ANDREWS, christmas):
        add_closure_day(fife, day, "Closed", by=admin, today=ENTERED, now=moment(ENTERED))
    assert (at_work_on(ST_ANDREWS), at_work_on(christmas)) == ([moray.id], [])
    assert not calendar_of_service().is_working_day(christmas)


def test_a_holiday_that_is_worked_after_all_is_asked_about_again(
    days: Days, places: tuple[Partnership, Partnership]
) -> None:
    fife = places[1]
    admin = db.session.scalars(select(User).where(User.name == "Jean Hay")).one()
    step = db.session.scalars(select(Milestone).where(Milestone.partnership_id == fife.id)).one()
    step.next_notice_on = TUESDAY
    db.session.commit()
    add_worked_holiday(fife, ST_ANDREWS, by=admin, today=FRIDAY, now=moment(FRIDAY))
    db.session.commit()
    assert step.next_notice_on == FRIDAY
