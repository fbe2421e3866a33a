"""The plan and the annual reports of every partnership, there without anybody's doing, and what opening makes of it."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from cycle_tracker.core.deadlines import is_past
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.queries.cycles import list_cycles
from cycle_tracker.cycles.queries.joining import list_joining
from cycle_tracker.cycles.services.core_documents import add_core_documents
from cycle_tracker.cycles.services.cycles import find_cycle, open_cycle
from cycle_tracker.cycles.services.partnerships import open_period, set_notify_from
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.documents.services.approvals import record_preparation
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.governance.services.raising import raise_further
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from scheduler.jobs import run_job
from tests.factories import make_partnership, make_user
from tests.support.days import Days, every_day, moment

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 11, 23)
NOW = moment(TODAY)
PRESENT = Period.named("2026-29")


@pytest.fixture
def moray(days: Days) -> Partnership:
    """Moray as `load-reference` leaves it: it has not joined."""
    load_reference(NOW)
    return db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()


@pytest.fixture
def jean(moray: Partnership) -> User:
    return make_user("Jean Hay", role=Role.ADMINISTRATOR)


def core(day: date = TODAY) -> tuple[int, int, int]:
    made = add_core_documents(day, moment(day))
    db.session.commit()
    return made.documents, made.periods, made.steps


def of(place: Partnership) -> dict[str, Milestone]:
    found = db.session.scalars(select(Milestone).where(Milestone.partnership_id == place.id).order_by(Milestone.id))
    return {one.key: one for one in found}


def test_they_are_made_once_for_the_partnerships_of_the_reference_data(moray: Partnership) -> None:
    other = make_partnership("elsewhere", notify_from=None)
    assert core() == (30 * 16, 30 * 4, 0)
    assert core() == (0, 0, 0)
    assert core(date(2027, 10, 1)) == (30 * 4, 30, 0)
    assert of(other) == {}
    found = of(moray)
    assert Counter(key.partition(".")[0] for key in found) == dict.fromkeys(
        ("2017-20", "2020-23", "2023-26", "2026-29", "2029-32"), 4
    )
    assert found["2026-29.plan-prepared"].target_on == date(2026, 4, 1)
    assert found["2026-29.annual-report-1"].target_on == date(2027, 6, 30)
    assert {one.entered_on for key, one in found.items() if not key.startswith("2029")} == {TODAY}
    assert {one.target_on for key, one in found.items() if key.startswith("2017-20.annual")} == {None}
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.partnership_id == moray.id)).all()
    assert [(one.subject, one.action, one.actor_id) for one in events] == [
        ("partnership", "core-documents-made", None)
    ] * 2


def test_a_period_that_nobody_opened_is_in_no_list_of_cycles(moray: Partnership) -> None:
    core()
    assert list_cycles(moray) == []
    (joining,) = list_joining(TODAY, NOW, partnership_id=moray.id)
    assert (joining.newest_period, joining.documents, joining.recorded) == (None, 10, 0)
    open_cycle(moray, PRESENT, entered_on=TODAY, by=None, now=NOW)
    assert [one.period for one in list_cycles(moray)] == [PRESENT]


def test_opening_keeps_the_documents_with_what_is_recorded_and_adds_the_other_rows(
    moray: Partnership, jean: User
) -> None:
    core()
    before = of(moray)
    plan = before["2026-29.plan-prepared"]
    record_publication(
        plan,
        address="https://example.org/plan",
        published_on=date(2026, 5, 4),
        send_to_ministers=False,
        by=jean,
        today=TODAY,
        now=NOW,
    )
    set_notify_from(moray, TODAY, by=jean, today=TODAY, now=NOW)
    cycle = open_period(moray, PRESENT, steps=["needs-assessment"], by=jean, today=TODAY, now=NOW)
    db.session.commit()
    after = of(moray)
    assert {key: one.id for key, one in after.items() if key in before} == {key: one.id for key, one in before.items()}
    assert after.keys() - before.keys() == {
        "2026-29.needs-assessment",
        "2026-29.send-to-ministers",
        "2026-29.publish-plan",
    }
    assert (plan.state, plan.done_on) == (State.DONE, date(2026, 5, 4))
    assert after["2026-29.publish-plan"].state is State.DONE
    assert after["2026-29.send-to-ministers"].due_on == date(2026, 5, 18)
    assert (cycle.opened_on, cycle.is_open) == (TODAY, True)
    assert find_cycle(moray, PRESENT.next()) is None
    (event,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "opened")).all()
    assert (event.subject_id, event.actor_id) == (cycle.id, jean.id)


def test_nobody_hears_of_a_partnership_that_has_not_joined_until_its_first_day_is_set(
    days: Days, moray: Partnership, jean: User
) -> None:
    make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    core()
    for day in every_day(date(2027, 6, 24), date(2027, 7, 9)):
        days.run(day)
    assert days.notified == []
    assert db.session.scalar(select(func.count(Notice.id))) == 0
    day = date(2027, 6, 25)
    moray, jean = db.session.get_one(Partnership, moray.id), db.session.get_one(User, jean.id)
    set_notify_from(moray, day, by=jean, today=day, now=moment(day))
    db.session.commit()
    days.run(date(2027, 7, 12))
    told = db.session.scalars(select(Milestone.key).join(Notice, Notice.milestone_id == Milestone.id)).all()
    assert set(told) == {"2026-29.annual-report-1"}
    assert days.notified != []


def test_what_was_past_when_it_was_made_is_told_to_nobody_where_the_partnership_had_joined_before(
    days: Days, moray: Partnership
) -> None:
    """An upgrade makes documents of the past: nobody is emailed about them."""
    make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    moray.notify_from = date(2017, 4, 1)
    core()
    for day in every_day(TODAY, TODAY + timedelta(days=35)):
        days.run(day)
    assert days.notified == []
    assert db.session.scalar(select(func.count(Escalation.id))) == 0
    past = [one for one in of(moray).values() if one.due_on is not None and is_past(one.due_on, TODAY)]
    assert db.session.scalar(select(func.count(Notice.id))) == len(past)
    assert {one.message_id for one in db.session.scalars(select(Notice))} == {None}


def test_before_the_reference_data_is_loaded_there_is_nothing_to_make(days: Days) -> None:
    report = run_job(days.app, "open-next-cycles", TODAY)
    assert report.usable
    assert (report.counts["documents"], report.counts["periods"], report.counts["steps"]) == (0, 0, 0)


def test_what_is_late_in_a_partnership_that_has_not_joined_is_not_escalated_by_hand(
    moray: Partnership, jean: User
) -> None:
    core()
    plan = of(moray)["2026-29.plan-prepared"]
    with pytest.raises(RuleBroken, match="has not joined this service"):
        raise_further(plan, "Nobody answers.", by=jean, today=TODAY, now=NOW)


def test_a_plan_that_is_prepared_brings_the_steps_that_it_calls_for(moray: Partnership, jean: User) -> None:
    core()
    plan = of(moray)["2026-29.plan-prepared"]
    record_preparation(plan, date(2026, 11, 20), by=jean, today=TODAY, now=NOW)
    assert core() == (0, 0, 3)
    assert core() == (0, 0, 0)
    found = {key: one for key, one in of(moray).items() if one.kind is Kind.STEP}
    assert {key: one.due_on for key, one in found.items()} == {
        "2026-29.send-to-ministers": date(2026, 12, 4),
        "2026-29.send-to-providers": date(2026, 12, 4),
        "2026-29.publish-plan": date(2026, 12, 18),
    }
    opened = select(Cycle.opened_on).where(Cycle.partnership_id == moray.id).distinct()
    assert db.session.scalars(opened).all() == [None]


def test_a_plan_that_is_published_and_sent_needs_no_steps(moray: Partnership, jean: User) -> None:
    core()
    record_publication(
        of(moray)["2026-29.plan-prepared"],
        address="https://example.org/plan",
        published_on=date(2026, 5, 4),
        send_to_ministers=True,
        by=jean,
        today=TODAY,
        now=NOW,
    )
    assert core() == (0, 0, 0)


def test_opening_a_period_tells_nothing_of_its_past_and_what_comes_after(
    days: Days, moray: Partnership, jean: User
) -> None:
    make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    moray.notify_from = date(2017, 4, 1)
    core()
    record_preparation(of(moray)["2026-29.plan-prepared"], date(2026, 5, 4), by=jean, today=TODAY, now=NOW)
    assert core() == (0, 0, 3)
    period = Period.named("2023-26")
    open_period(moray, period, by=jean, today=TODAY, now=NOW)
    open_period(moray, PRESENT, by=jean, today=TODAY, now=NOW)
    db.session.commit()
    days.run(TODAY)
    keys = select(Milestone.key).join(Notice, Notice.milestone_id == Milestone.id)
    told = keys.where(Notice.user_id.is_not(None)).distinct()
    assert set(db.session.scalars(told)) <= {"2023-26.send-to-ministers", "2023-26.publish-plan"}
    assert (
        db.session.scalars(select(Milestone.key).join(Escalation, Escalation.milestone_id == Milestone.id)).all() == []
    )
    for day in every_day(TODAY + timedelta(days=1), TODAY + timedelta(days=35)):
        days.run(day)
    assert {"2023-26.annual-report-3", "2026-29.send-to-ministers"} <= set(db.session.scalars(told))
