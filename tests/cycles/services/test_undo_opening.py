"""Undoing that a plan period was opened: as before, as long as nobody acted on it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.queries.cycles import list_cycles
from cycle_tracker.cycles.services.core_documents import add_core_documents
from cycle_tracker.cycles.services.cycles import switch_on_steps
from cycle_tracker.cycles.services.partnerships import open_period, set_notify_from
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.cycles.services.undo_opening import undo_opening
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.documents.services.revisions.preparing import begin_revision
from cycle_tracker.milestones.services.comments import write_comment
from cycle_tracker.milestones.services.milestones import start_milestone
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone, predecessors
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import make_milestone, make_user
from tests.support.days import Days, moment

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 11, 23)
NOW = moment(TODAY)
LATER = NOW + timedelta(minutes=5)
PRESENT = Period.named("2026-29")
WHY = "It was the wrong partnership."


@pytest.fixture
def jean(days: Days) -> User:
    return make_user("Jean Hay", role=Role.ADMINISTRATOR)


@pytest.fixture
def moray(jean: User) -> Partnership:
    load_reference(NOW)
    place = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    add_core_documents(TODAY, NOW)
    set_notify_from(place, TODAY, by=jean, today=TODAY, now=NOW)
    record_publication(
        _of(place, "2026-29.plan-prepared"),
        address="https://example.org/plan",
        published_on=date(2026, 5, 4),
        send_to_ministers=False,
        by=jean,
        today=TODAY,
        now=NOW,
    )
    db.session.commit()
    return place


def _of(place: Partnership, key: str) -> Milestone:
    return db.session.scalars(select(Milestone).where(Milestone.partnership_id == place.id, Milestone.key == key)).one()


def keys(place: Partnership) -> set[str]:
    return set(db.session.scalars(select(Milestone.key).where(Milestone.partnership_id == place.id)))


def opened(moray: Partnership, jean: User) -> Cycle:
    steps = ["needs-assessment", "draft-plan", "approvals"]
    cycle = open_period(moray, PRESENT, steps=steps, by=jean, today=TODAY, now=NOW)
    db.session.commit()
    return cycle


def undo(cycle: Cycle, jean: User, reason: str = WHY) -> None:
    undo_opening(cycle, reason, by=jean, today=TODAY, now=LATER)
    db.session.commit()


def test_the_steps_go_and_the_documents_stay_with_what_is_recorded(moray: Partnership, jean: User) -> None:
    before = keys(moray)
    cycle = opened(moray, jean)
    assert keys(moray) > before
    undo(cycle, jean)
    assert keys(moray) == before
    assert list_cycles(moray) == []
    assert db.session.scalar(select(func.count()).select_from(predecessors)) == 0
    plan = _of(moray, "2026-29.plan-prepared")
    assert plan.done_on == date(2026, 5, 4)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "opening-undone")).one()
    assert (event.actor_id, event.reason) == (jean.id, WHY)
    cycle = opened(moray, jean)
    assert cycle.is_open
    assert "2026-29.draft-plan" in keys(moray)


def test_it_needs_a_reason_and_an_open_period(moray: Partnership, jean: User) -> None:
    cycle = opened(moray, jean)
    with pytest.raises(RuleBroken, match="Enter the reason"):
        undo(cycle, jean, " ")
    undo(cycle, jean)
    with pytest.raises(RuleBroken, match="not open"):
        undo(cycle, jean)


def test_once_somebody_changed_a_step_the_opening_stays(moray: Partnership, jean: User) -> None:
    cycle = opened(moray, jean)
    start_milestone(_of(moray, "2026-29.draft-plan"), by=jean, now=LATER)
    there = keys(moray)
    with pytest.raises(RuleBroken, match="changed a step"):
        undo(cycle, jean)
    assert keys(moray) == there
    assert cycle.is_open


def test_once_somebody_was_notified_of_a_step_the_opening_stays(days: Days, moray: Partnership, jean: User) -> None:
    cycle_id, by_id = opened(moray, jean).id, jean.id
    step = _of(moray, "2026-29.draft-plan")
    step.owner = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    step.due_on = step.next_notice_on = TODAY + timedelta(days=1)
    db.session.commit()
    days.run(TODAY + timedelta(days=1))
    with pytest.raises(RuleBroken, match="notified of a step"):
        undo(db.session.get_one(Cycle, cycle_id), db.session.get_one(User, by_id))


def test_while_something_else_depends_on_a_step_the_opening_stays(moray: Partnership, jean: User) -> None:
    cycle = opened(moray, jean)
    make_milestone(moray, key="local-1", parent_id=_of(moray, "2026-29.draft-plan").id)
    with pytest.raises(RuleBroken, match="depends on a step"):
        undo(cycle, jean)


def test_steps_that_were_switched_on_later_go_too(moray: Partnership, jean: User) -> None:
    before = keys(moray)
    cycle = opened(moray, jean)
    switch_on_steps(cycle, ["resources"], entered_on=TODAY, by=jean, now=LATER)
    undo(cycle, jean)
    assert keys(moray) == before


def test_a_period_of_which_the_history_does_not_say_when_it_was_opened_stays(moray: Partnership, jean: User) -> None:
    cycle = db.session.scalars(select(Cycle).where(Cycle.partnership_id == moray.id).limit(1)).one()
    cycle.opened_on = TODAY
    with pytest.raises(RuleBroken, match="does not say when"):
        undo(cycle, jean)


def test_a_revision_that_was_begun_on_the_same_day_before_the_opening_stays(moray: Partnership, jean: User) -> None:
    plan = _of(moray, "2026-29.plan-prepared")
    begin_revision(plan, WHY, date(2027, 6, 30), by=jean, today=TODAY, now=NOW - timedelta(hours=1))
    db.session.commit()
    before = keys(moray)
    assert "2026-29.revision-1.consult" in before
    undo(opened(moray, jean), jean)
    assert keys(moray) == before


def test_once_somebody_commented_on_a_step_the_opening_stays(moray: Partnership, jean: User) -> None:
    cycle = opened(moray, jean)
    write_comment(_of(moray, "2026-29.draft-plan"), "Who writes this?", by=jean, now=LATER)
    db.session.commit()
    with pytest.raises(RuleBroken, match="commented on a step"):
        undo(cycle, jean)
