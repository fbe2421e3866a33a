"""Undoing that a plan period was opened, as long as nobody has acted on what it made."""

from datetime import date, datetime

from sqlalchemy import delete, exists, or_, select

from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.cycles.services.cycles import is_open_by_now
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.evidence import Comment
from cycle_tracker.models.milestone import Milestone, predecessors
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.bookmarks import ask_again

OPENED, ADDED = "opened", "added"


def undo_opening(cycle: Cycle, reason: str, *, by: User, today: date, now: datetime) -> None:
    """Undo the opening of a cycle: the steps that it made go, and its plan and annual reports stay with all that is
    recorded of them, as before somebody opened it.

    Raises RuleBroken without a reason, for a cycle that is not open, and once somebody changed one of its steps,
    commented on one, was notified of one, or let something else depend on one.
    """
    if not reason.strip():
        raise RuleBroken("Enter the reason for undoing this.", field="reason")
    if not is_open_by_now(cycle):
        raise RuleBroken("This plan period is not open.")
    opened_at = _opened_at(cycle)
    if opened_at is None:
        raise RuleBroken("The history does not say when this plan period was opened, so the opening stays.")
    steps = _steps_of(cycle, opened_at)
    if why := why_kept(steps, opened_at):
        raise RuleBroken(why)
    opened_on = cycle.opened_on
    db.session.execute(
        delete(predecessors).where(
            or_(predecessors.c.milestone_id.in_(steps), predecessors.c.predecessor_id.in_(steps))
        )
    )
    db.session.execute(delete(Milestone).where(Milestone.id.in_(steps)).execution_options(synchronize_session=False))
    db.session.expire_all()
    cycle.opened_on = None
    audit.record(
        "cycle",
        cycle.id,
        "opening-undone",
        by=by,
        at=now,
        partnership_id=cycle.partnership_id,
        before={"opened_on": opened_on, "steps": len(steps)},
        reason=reason.strip(),
    )
    db.session.flush()
    ask_again(Milestone.cycle_id == cycle.id, today)


def why_kept(steps: list[int], opened_at: datetime) -> str:
    """Why these steps of a cycle that was opened then cannot go; empty if they can."""
    changed = exists().where(
        AuditEvent.subject == "milestone", AuditEvent.subject_id.in_(steps), AuditEvent.at > opened_at
    )
    commented = exists().where(Comment.milestone_id.in_(steps))
    notified = exists().where(Notice.milestone_id.in_(steps))
    hangs_on = exists().where(
        Milestone.id.not_in(steps),
        or_(Milestone.parent_id.in_(steps), Milestone.follows_id.in_(steps), Milestone.fact_of_id.in_(steps)),
    )
    if db.session.scalar(select(changed)):
        return "Someone has changed a step of this plan period since it was opened, so the opening stays."
    if db.session.scalar(select(commented)):
        return "Someone has commented on a step of this plan period, so the opening stays."
    if db.session.scalar(select(notified)):
        return "Someone has been notified of a step of this plan period, so the opening stays."
    if db.session.scalar(select(hangs_on)):
        return "Something else depends on a step of this plan period, so the opening stays."
    return ""


def _opened_at(cycle: Cycle) -> datetime | None:
    """When somebody opened the cycle last; None if the history does not say it."""
    return db.session.scalar(
        select(AuditEvent.at)
        .where(AuditEvent.subject == "cycle", AuditEvent.subject_id == cycle.id, AuditEvent.action == OPENED)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )


def _steps_of(cycle: Cycle, opened_at: datetime) -> list[int]:
    """What opening made: all but the plan and the reports, and the steps that were there before. Of a step that people
    added, such as those of a revision, the history says when; it may have been on the same day."""
    was_there = exists().where(
        AuditEvent.subject == "milestone",
        AuditEvent.subject_id == Milestone.id,
        AuditEvent.action == ADDED,
        AuditEvent.at <= opened_at,
    )
    return list(
        db.session.scalars(
            select(Milestone.id)
            .where(
                Milestone.cycle_id == cycle.id,
                ~IS_DOCUMENT,
                Milestone.entered_on >= cycle.opened_on,
                ~was_there,
            )
            .order_by(Milestone.id)
        )
    )
