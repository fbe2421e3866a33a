"""Setting partnerships up: bodies, the first day of notices, closure days, periods, and that nobody is flooded."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.queries.joining import list_joining
from cycle_tracker.cycles.services.cycles import steps_of, switch_on_steps
from cycle_tracker.cycles.services.partnerships import (
    add_closure_day,
    open_period,
    remove_closure_day,
    set_notify_from,
)
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.milestones.services.milestones import finish_milestone
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import BodyRole, ClosureDay, Partnership
from cycle_tracker.models.user import User
from cycle_tracker.organisations.services.parts import add_body, end_body
from tests.factories import make_milestone, make_organisation, make_partnership, make_user
from tests.support.days import Days, again, every_day, moment
from tests.support.pages import counted_statements

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 11, 23)
NOW = moment(TODAY)
PRESENT = Period.named("2026-29")


@pytest.fixture
def jean(days: Days) -> User:
    return make_user("Jean Hay", role=Role.ADMINISTRATOR)


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray", notify_from=None)


def test_thirty_partnerships_join_in_mid_period_and_nobody_hears_of_the_past(days: Days, jean: User) -> None:
    load_reference(NOW)
    places = db.session.scalars(select(Partnership).order_by(Partnership.id)).all()
    assert len(places) == 30
    for place in places:
        make_user(f"Lead of {place.name}", role=Role.LEAD, partnership=place)
        set_notify_from(place, TODAY, by=jean, today=TODAY, now=NOW)
        open_period(place, PRESENT, earlier=True, by=jean, today=TODAY, now=NOW)
    db.session.commit()
    assert db.session.scalar(select(func.count(Cycle.id))) == 120
    for day in every_day(TODAY, TODAY + timedelta(days=13)):  # ten working days
        days.run(day)
    assert days.notified == []
    assert db.session.scalar(select(func.count(Message.id))) == 0
    assert db.session.scalar(select(func.count(Notice.id))) == 0
    assert db.session.scalar(select(func.count(Escalation.id))) == 0
    fell_due = [one for one in list_documents(TODAY) if one.target_on is not None and one.target_on < TODAY]
    assert len(fell_due) == 30 * len({(one.key, one.title) for one in fell_due})
    assert {one.state for one in fell_due} == {DocumentState.NO_RECORD}


def test_no_period_is_opened_before_it_is_said_from_which_day_dates_count(moray: Partnership, jean: User) -> None:
    load_reference(NOW)
    with pytest.raises(RuleBroken, match="start date for reminders first"):
        open_period(moray, PRESENT, by=jean, today=TODAY, now=NOW)


def test_a_period_has_its_core_and_the_steps_that_were_chosen_and_more_later(moray: Partnership, jean: User) -> None:
    load_reference(NOW)
    set_notify_from(moray, TODAY, by=jean, today=TODAY, now=NOW)
    cycle = open_period(moray, PRESENT, steps=["draft-report", "close-cycle"], by=jean, today=TODAY, now=NOW)
    core = {
        "plan-prepared",
        "send-to-ministers",
        "publish-plan",
        "annual-report-1",
        "annual-report-2",
        "annual-report-3",
    }
    chosen = {"draft-report-1", "draft-report-2", "draft-report-3", "close-cycle"}
    assert set(steps_of(cycle)) == core | chosen
    made = switch_on_steps(cycle, ["draft-report", "review"], entered_on=TODAY, by=jean, now=NOW)
    assert sorted(one.key for one in made) == ["2026-29.review-1", "2026-29.review-2", "2026-29.review-3"]
    assert switch_on_steps(cycle, ["review"], entered_on=TODAY, by=jean, now=NOW) == []
    report = steps_of(cycle)["annual-report-1"]
    assert [one.key for one in report.predecessors] == ["2026-29.draft-report-1"]
    with pytest.raises(RuleBroken, match="from the list"):
        switch_on_steps(cycle, ["plan-prepared-by-nobody"], entered_on=TODAY, by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="from the list"):
        switch_on_steps(cycle, ["national-review"], entered_on=TODAY, by=jean, now=NOW)


def test_what_is_switched_on_after_what_it_follows_was_finished_gets_its_date(moray: Partnership, jean: User) -> None:
    load_reference(NOW)
    set_notify_from(moray, TODAY, by=jean, today=TODAY, now=NOW)
    cycle = open_period(moray, PRESENT, by=jean, today=TODAY, now=NOW)
    review = db.session.scalars(select(Milestone).where(Milestone.key == "2026-29.national-review")).one()
    finish_milestone(review, TODAY, by=jean, today=TODAY, now=NOW)
    (reply,) = switch_on_steps(cycle, ["reply-to-feedback"], entered_on=TODAY, by=jean, now=NOW)
    assert reply.follows_id == review.id
    assert reply.due_on is not None
    assert reply.due_on > TODAY


def test_an_earlier_first_day_tells_the_latest_step_once_and_a_later_one_takes_it_back(
    days: Days, moray: Partnership, jean: User
) -> None:
    moray.notify_from = date(2026, 12, 1)
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    made = make_milestone(moray, due_on=date(2026, 10, 1), owner=lead, entered_on=date(2026, 1, 1))
    db.session.commit()
    days.run(TODAY)
    assert days.notified == []
    set_notify_from(again(moray), date(2026, 9, 1), by=again(jean), today=TODAY, now=NOW)
    db.session.commit()
    days.run(TODAY + timedelta(days=1))
    assert len(days.notified) == 1
    escalations = db.session.scalars(select(Escalation)).all()
    assert escalations
    with counted_statements() as few:
        set_notify_from(again(moray), date(2026, 12, 1), by=again(jean), today=TODAY, now=NOW)
    for number in range(20):
        make_milestone(again(moray), key=f"more-{number}", due_on=date(2027, 1, 1))
    with counted_statements() as many:
        set_notify_from(again(moray), date(2026, 12, 2), by=again(jean), today=TODAY, now=NOW)
    db.session.commit()
    assert len([one for one in few if one.startswith("UPDATE milestones")]) == 1
    assert len([one for one in many if one.startswith("UPDATE milestones")]) == 1
    version = again(made).version
    assert {one.resolution for one in db.session.scalars(select(Escalation))} == {Resolution.CLOSED}
    assert db.session.scalar(select(func.count(Notice.id)).where(Notice.ended_at.is_(None))) == 0
    days.notified.clear()
    for day in every_day(TODAY + timedelta(days=2), TODAY + timedelta(days=12)):
        days.run(day)
    assert days.notified == []
    assert again(made).version == version


def test_a_closure_day_moves_what_is_told_and_its_removal_moves_it_back(
    days: Days, moray: Partnership, jean: User
) -> None:
    owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)
    moray.notify_from = TODAY
    day = date(2026, 12, 3)
    make_milestone(moray, due_on=day, owner=owner, entered_on=day - timedelta(days=1))
    closure = add_closure_day(moray, day, "Local holiday", by=jean, today=TODAY, now=NOW)
    with pytest.raises(RuleBroken, match="already in the list"):
        add_closure_day(moray, day, "", by=jean, today=TODAY, now=NOW)
    db.session.commit()
    days.run(day - timedelta(days=1))
    assert [one.steps for one in days.notified] == ["on-day"]
    remove_closure_day(again(moray), again(closure), by=again(jean), today=TODAY, now=NOW)
    assert db.session.scalars(select(ClosureDay)).all() == []


def test_who_leads_changes_with_days_from_and_to(moray: Partnership, jean: User) -> None:
    council, board = make_organisation("Moray Council"), make_organisation("Moray integration joint board")
    body = add_body(moray, council, BodyRole.LEAD, date(2017, 4, 1), by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="is already in the partnership on that date"):
        add_body(moray, council, BodyRole.MEMBER, TODAY, by=jean, now=NOW)
    with pytest.raises(RuleBroken, match="before the first day"):
        end_body(add_body(moray, board, BodyRole.LEAD, TODAY, by=jean, now=NOW), date(2026, 1, 1), by=jean, now=NOW)
    end_body(body, TODAY, by=jean, now=NOW)
    add_body(moray, council, BodyRole.MEMBER, TODAY + timedelta(days=1), by=jean, now=NOW)
    assert [(one.role, one.from_on, one.to_on) for one in moray.bodies if one.organisation is council] == [
        (BodyRole.LEAD, date(2017, 4, 1), TODAY),
        (BodyRole.MEMBER, TODAY + timedelta(days=1), None),
    ]


@pytest.mark.parametrize("day", [date(2017, 3, 31), date(2028, 1, 1)])
def test_a_first_day_that_cannot_be_meant_is_refused(moray: Partnership, jean: User, day: date) -> None:
    with pytest.raises(RuleBroken, match="within a year"):
        set_notify_from(moray, day, by=jean, today=TODAY, now=NOW)


def test_how_far_all_have_got_is_one_statement(days: Days, jean: User) -> None:
    for number in range(12):
        make_user("Lead", role=Role.LEAD, partnership=make_partnership(f"place-{number}"))
    db.session.flush()
    with counted_statements() as statements:
        found = list_joining(TODAY, NOW)
    assert [one.leads for one in found] == [1] * 12
    assert len(statements) == 1
