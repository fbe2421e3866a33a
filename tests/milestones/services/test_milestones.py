"""What people do with a milestone, and what each change leaves behind."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cycle_tracker.core.errors import ChangedMeanwhile, IllegalTransition, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.milestones import (
    ensure_unchanged,
    finish_milestone,
    move_local_date,
    reopen_milestone,
    start_milestone,
)
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.factories import make_milestone, make_partnership, make_report, make_user
from tests.support.days import Days, Told, moment

pytestmark = pytest.mark.alike_on_both_databases

TODAY = date(2026, 5, 20)
NOW = moment(TODAY)


@pytest.fixture
def lead(core_app: Flask) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=make_partnership("moray"))


@pytest.fixture
def step(lead: User) -> Milestone:
    """A step that fell due on 14 May 2026, of which its owner was told on the 15th."""
    contributor = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray(lead))
    made = make_milestone(moray(lead), due_on=date(2026, 5, 14), owner=contributor, date_basis=Basis.SUGGESTED)
    db.session.commit()
    queue_due_notices(date(2026, 5, 15), moment(date(2026, 5, 15)))
    return db.session.get_one(Milestone, made.id)


def moray(lead: User) -> Partnership:
    return db.session.get_one(Partnership, lead.grants[0].partnership_id)


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def test_starting_says_so_once(step: Milestone, lead: User) -> None:
    start_milestone(step, by=lead, now=NOW)
    assert step.state is State.IN_PROGRESS
    (event,) = events("started")
    assert (event.before, event.after, event.actor_id) == (
        {"state": "not-started"},
        {"state": "in-progress"},
        lead.id,
    )
    with pytest.raises(IllegalTransition):
        start_milestone(step, by=lead, now=NOW)


def test_what_is_done_is_not_started_again_without_a_reason(step: Milestone, lead: User) -> None:
    finish_milestone(step, TODAY, by=lead, today=TODAY, now=NOW)
    with pytest.raises(IllegalTransition):
        start_milestone(step, by=lead, now=NOW)
    assert (step.state, step.done_on) == (State.DONE, TODAY)


def test_finishing_ends_its_notices_and_escalations(step: Milestone, lead: User) -> None:
    finish_milestone(step, date(2026, 5, 19), by=lead, today=TODAY, now=NOW)
    assert (step.state, step.done_on, step.next_notice_on) == (State.DONE, date(2026, 5, 19), None)
    assert {notice.ending for notice in db.session.scalars(select(Notice))} == {Ending.WITHDRAWN}
    assert {rung.resolution for rung in db.session.scalars(select(Escalation))} == {Resolution.DONE}
    (event,) = events("finished")
    assert event.after == {"state": "done", "done_on": "2026-05-19"}
    assert event.partnership_id == step.partnership_id
    assert queue_due_notices(date(2026, 5, 22), moment(date(2026, 5, 22))).notices == 0


@pytest.mark.parametrize("day", [date(2026, 5, 21), date(2014, 3, 26), date(1, 1, 1), date(9999, 12, 31)])
def test_nothing_is_done_tomorrow_or_before_the_act(step: Milestone, lead: User, day: date) -> None:
    with pytest.raises(RuleBroken) as refused:
        finish_milestone(step, day, by=lead, today=TODAY, now=NOW)
    assert refused.value.field == "done_on"
    assert step.state is State.NOT_STARTED


def test_what_is_done_cannot_be_finished_again(step: Milestone, lead: User) -> None:
    finish_milestone(step, TODAY, by=lead, today=TODAY, now=NOW)
    with pytest.raises(IllegalTransition):
        finish_milestone(step, TODAY, by=lead, today=TODAY, now=NOW)


def test_a_document_is_neither_finished_nor_moved(lead: User) -> None:
    report = make_report(moray(lead), owner=lead)
    with pytest.raises(RuleBroken, match="record it as published"):
        finish_milestone(report, TODAY, by=lead, today=TODAY, now=NOW)
    with pytest.raises(RuleBroken, match="Propose a new expected date"):
        move_local_date(report, date(2026, 7, 31), "Busy", by=lead, now=NOW)
    assert (report.state, report.due_on) == (State.NOT_STARTED, date(2026, 6, 30))


def test_moving_a_date_supersedes_what_was_told_and_starts_afresh(step: Milestone, lead: User) -> None:
    move_local_date(step, date(2026, 6, 30), "The board moved.", by=lead, now=NOW)
    assert (step.due_on, step.target_on, step.date_basis) == (date(2026, 6, 30), date(2026, 5, 14), Basis.LOCAL)
    assert step.next_notice_on == date(2026, 6, 16)
    assert {notice.ending for notice in db.session.scalars(select(Notice))} == {Ending.SUPERSEDED}
    assert {rung.resolution for rung in db.session.scalars(select(Escalation))} == {Resolution.NEW_DATE}
    change = db.session.scalars(select(DateChange)).one()
    assert (change.kind, change.old_due_on, change.new_due_on, change.reason) == (
        DateChangeKind.LOCAL,
        date(2026, 5, 14),
        date(2026, 6, 30),
        "The board moved.",
    )
    (event,) = events("date-moved")
    assert (event.before, event.after, event.reason) == (
        {"due_on": "2026-05-14"},
        {"due_on": "2026-06-30"},
        "The board moved.",
    )


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_date_moves_with_a_reason_only(step: Milestone, lead: User, reason: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        move_local_date(step, date(2026, 6, 30), reason, by=lead, now=NOW)
    assert refused.value.field == "reason"
    assert step.due_on == date(2026, 5, 14)


def test_what_is_done_keeps_its_date(step: Milestone, lead: User) -> None:
    finish_milestone(step, TODAY, by=lead, today=TODAY, now=NOW)
    with pytest.raises(RuleBroken, match="its date cannot be moved"):
        move_local_date(step, date(2026, 6, 30), "The board moved.", by=lead, now=NOW)


def test_opening_again_needs_a_reason_and_tells_afresh(step: Milestone, lead: User) -> None:
    finish_milestone(step, TODAY, by=lead, today=TODAY, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        reopen_milestone(step, " ", by=lead, now=NOW)
    assert refused.value.field == "reason"
    reopen_milestone(step, "The minute was missing.", by=lead, now=NOW)
    assert (step.state, step.done_on) == (State.IN_PROGRESS, None)
    assert step.next_notice_on == date(2026, 4, 30)
    (event,) = events("reopened")
    assert event.reason == "The minute was missing."
    db.session.commit()
    swept = queue_due_notices(date(2026, 5, 21), moment(date(2026, 5, 21)))
    assert (swept.notices, swept.escalations) == (2, 1)
    waiting = db.session.scalars(select(Notice).where(Notice.ended_at.is_(None)).order_by(Notice.step)).all()
    assert [(notice.step, notice.overtook) for notice in waiting] == [
        ("overdue-1", ["before-14", "before-3", "on-day"]),
        ("rung-1", []),
    ]


def test_only_what_has_ended_is_opened_again(step: Milestone, lead: User) -> None:
    with pytest.raises(IllegalTransition):
        reopen_milestone(step, "By mistake.", by=lead, now=NOW)
    assert step.state is State.NOT_STARTED
    assert {notice.ending for notice in db.session.scalars(select(Notice))} == {None}


def test_a_published_document_stays_published(lead: User) -> None:
    report = make_report(moray(lead), owner=lead, state=State.DONE, done_on=date(2026, 5, 1))
    with pytest.raises(RuleBroken, match="reopen a plan or an annual report that is published"):
        reopen_milestone(report, "By mistake.", by=lead, now=NOW)


def test_a_document_that_was_not_required_is_opened_again(lead: User) -> None:
    report = make_report(moray(lead), owner=lead, state=State.NOT_REQUIRED)
    reopen_milestone(report, "It is required after all.", by=lead, now=NOW)
    assert report.state is State.IN_PROGRESS


def test_a_second_editor_is_told_that_it_changed(step: Milestone, lead: User) -> None:
    seen = step.version
    start_milestone(step, by=lead, now=NOW)
    ensure_unchanged(step, None)
    with pytest.raises(ChangedMeanwhile):
        ensure_unchanged(step, seen)


def test_the_sweep_does_not_count_as_a_change_of_the_milestone(step: Milestone) -> None:
    seen = step.version
    db.session.commit()
    queue_due_notices(date(2026, 5, 22), moment(date(2026, 5, 22)))
    ensure_unchanged(db.session.get_one(Milestone, step.id), seen)


def test_after_opening_again_the_mail_says_the_days_that_are_true_then(days: Days) -> None:
    partnership = make_partnership("moray")
    owner = make_user("Rory Baird", role=Role.LEAD, partnership=partnership)
    step = make_milestone(partnership, due_on=date(2026, 5, 14), owner=owner)
    finish_milestone(step, date(2026, 5, 13), by=owner, today=TODAY, now=NOW)
    reopen_milestone(step, "The minute was missing.", by=owner, now=NOW)
    db.session.commit()
    days.run(date(2026, 5, 21))
    steps = "overdue-1 over before-14, before-3, on-day"
    assert days.notified == [Told("21 May", "Rory Baird", "Draft the plan, Moray: overdue by 7 days", steps)]


@pytest.mark.parametrize("action", ["UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events"])
def test_what_the_audit_holds_is_neither_changed_nor_removed(step: Milestone, lead: User, action: str) -> None:
    start_milestone(step, by=lead, now=NOW)
    db.session.commit()
    with pytest.raises(DBAPIError, match="audit events are never"):
        db.session.execute(text(action))
    db.session.rollback()
    assert len(events("started")) == 1
