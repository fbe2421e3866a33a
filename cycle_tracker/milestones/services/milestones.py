"""What people do with a milestone: start it, finish it, move its local date, open it again.

Whoever changes thousands hands over a `batch`: what they would write to the notices is then left to it.
"""

from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import ChangedMeanwhile, IllegalTransition, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Cause
from cycle_tracker.core.lifecycle import State, ensure_allowed
from cycle_tracker.milestones.rules.date_rules import DateRule
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.escalation import Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.notice_batches import NoticeBatch
from cycle_tracker.reminders.services.notices import restart_notices, start_notices, stop_notices

# The day of Royal Assent to the 2014 Act: nothing in a cycle can have been done before it.
EARLIEST_DONE = date(2014, 3, 27)
TOO_EARLY = "Enter a date on or after 27 March 2014, when the 2014 Act received Royal Assent."


DONE_BY_RECORD = "This is marked as done when its record on the page of the plan or report is complete."

# No date of a cycle lies beyond it; what does is a slip of the keys.
LATEST_DUE = date(2100, 1, 1)


def ensure_unchanged(milestone: Milestone, version: int | None) -> None:
    """Raises ChangedMeanwhile where the milestone is no longer the one that the person was looking at."""
    if version is not None and version != milestone.version:
        raise ChangedMeanwhile("Someone else changed this while you had it open. Check the page, then try again.")


def start_milestone(milestone: Milestone, *, by: User | None, now: datetime, batch: NoticeBatch | None = None) -> None:
    """Say that work has begun. Raises IllegalTransition where it has begun or ended already."""
    if milestone.state is not State.NOT_STARTED:
        raise IllegalTransition(f"This is {milestone.state.label.lower()}, so it cannot be started.")
    _move(milestone, State.IN_PROGRESS, "started", by=by, now=now, batch=batch)


def finish_milestone(milestone: Milestone, done_on: date, *, by: User, today: date, now: datetime) -> None:
    """Say on which day it was done.

    Raises RuleBroken for a day that cannot be, for a document, and for a step that a record of one completes.
    """
    if milestone.is_document:
        raise RuleBroken("To complete a plan or an annual report, record it as published.")
    if milestone.fact is not None:
        raise RuleBroken(DONE_BY_RECORD)
    ensure_past_day(done_on, today, field="done_on")
    complete(milestone, done_on, "finished", by=by, now=now)


def complete(
    milestone: Milestone,
    done_on: date | None,
    action: str,
    *,
    by: User | None,
    now: datetime,
    batch: NoticeBatch | None = None,
    reason: str = "",
) -> None:
    """Set a milestone to done, stop its notices and give dates to what hangs on it. `done_on` may be unknown."""
    before = {"state": milestone.state, "done_on": milestone.done_on}
    ensure_allowed(milestone.state, State.DONE)
    milestone.state, milestone.done_on = State.DONE, done_on
    stop_notices(milestone, resolution=Resolution.DONE, now=now, batch=batch)
    audit.record_milestone(
        milestone, action, by=by, at=now, before=before, after={"state": State.DONE, "done_on": done_on}, reason=reason
    )
    if done_on is not None:
        date_followers(milestone, done_on)
    if batch is None:
        db.session.flush()


def reopen_milestone(
    milestone: Milestone, reason: str, *, by: User | None, now: datetime, batch: NoticeBatch | None = None
) -> None:
    """Take "done" or "dropped" back, with a reason; its notices start afresh.

    Raises RuleBroken without a reason, IllegalTransition where it is open, and RuleBroken for what was done by a
    record: that record is undone instead, and this is open again.
    """
    if milestone.is_open:
        raise IllegalTransition(f"This is {milestone.state.label.lower()}, so you cannot reopen it.")
    if milestone.is_document and milestone.state is State.DONE:
        raise RuleBroken("You cannot reopen a plan or an annual report that is published.")
    if milestone.fact is not None and milestone.state is State.DONE and not milestone.details_not_known:
        raise RuleBroken("A record of the document completed this. To reopen it, undo that record.")
    if not reason.strip():
        raise RuleBroken("Enter the reason for reopening this.", field="reason")
    _move(milestone, State.IN_PROGRESS, "reopened", by=by, now=now, reason=reason, batch=batch)
    milestone.done_on, milestone.reason, milestone.details_not_known = None, "", False
    restart_notices(milestone, resolution=Resolution.REOPENED, now=now, batch=batch)


def drop_milestone(
    milestone: Milestone, reason: str, *, by: User | None, now: datetime, batch: NoticeBatch | None = None
) -> None:
    """Say that it will not be done, and why; nobody is reminded any more. It stays to be seen.

    Raises RuleBroken without a reason, IllegalTransition where it has ended, and RuleBroken for a document: an
    official may say that it is not required.
    """
    if milestone.is_document:
        raise RuleBroken("A plan or an annual report cannot be dropped. An official can mark it as not required.")
    ensure_allowed(milestone.state, State.DROPPED)
    if not reason.strip():
        raise RuleBroken("Enter the reason for dropping this.", field="reason")
    _move(milestone, State.DROPPED, "dropped", by=by, now=now, reason=reason, batch=batch)
    milestone.reason = reason
    stop_notices(milestone, resolution=Resolution.CLOSED, now=now, batch=batch)
    if batch is None:
        db.session.flush()


def move_local_date(
    milestone: Milestone,
    due_on: date,
    reason: str,
    *,
    by: User | None,
    now: datetime,
    batch: NoticeBatch | None = None,
    cause: Cause | None = None,
) -> None:
    """Move the date worked to, with a reason. What was told of the old date is superseded.

    Raises RuleBroken for a document, whose date nobody can waive: it gets a new expected date with an explanation.
    """
    _ensure_can_move(milestone, due_on, reason)
    old, by_id = milestone.due_on, by.id if by else None
    milestone.due_on, milestone.expected_date = due_on, False
    milestone.date_basis, milestone.date_citation = Basis.LOCAL, ""
    db.session.add(
        DateChange(
            milestone_id=milestone.id,
            kind=DateChangeKind.LOCAL,
            old_due_on=old,
            new_due_on=due_on,
            reason=reason,
            cause=cause,
            proposed_by_id=by_id,
            noted_by_id=by_id,
            noted_at=now,
        )
    )
    audit.record_milestone(
        milestone,
        "date-moved",
        by=by,
        at=now,
        before={"due_on": old},
        after={"due_on": due_on},
        reason=reason,
    )
    restart_notices(milestone, resolution=Resolution.NEW_DATE, now=now, batch=batch)
    if batch is None:
        db.session.flush()


def _ensure_can_move(milestone: Milestone, due_on: date, reason: str) -> None:
    if milestone.is_document:
        raise RuleBroken("You cannot move the date of a plan or an annual report. Propose a new expected date instead.")
    if not milestone.is_open:
        raise RuleBroken(f"This is {milestone.state.label.lower()}, so its date cannot be moved.")
    if due_on >= LATEST_DUE:
        raise RuleBroken(f"The date must be before {LATEST_DUE.year}.", field="due_on")
    if due_on == milestone.due_on:
        raise RuleBroken("This is already the due date.", field="due_on")
    if not reason.strip():
        raise RuleBroken("Enter the reason for moving the date.", field="reason")


def date_followers(milestone: Milestone, done_on: date) -> None:
    """Give their dates to the open milestones whose rule hangs on this one, now that it is done."""
    for follower in db.session.scalars(
        select(Milestone)
        .where(Milestone.follows_id == milestone.id, Milestone.due_on.is_(None), Milestone.state != State.DONE)
        .order_by(Milestone.id)
    ):
        rule = DateRule.parse(follower.date_rule)
        if follower.cycle is None or rule.follows is None:
            continue
        follower.target_on = follower.due_on = rule.on(follower.cycle.period, {rule.follows: done_on})
        start_notices(follower)


def date_by(step: Milestone, day: date | None, *, now: datetime) -> None:
    """Give a step whose rule hangs on another milestone the date that goes with the day on which that was done, None
    while it is not; a date of its own it keeps."""
    rule = DateRule.parse(step.date_rule) if step.date_rule else None
    if rule is None or rule.follows is None or step.cycle is None:
        return
    old, new = step.target_on, rule.on(step.cycle.period, {rule.follows: day} if day else {})
    if old == new:
        return
    step.target_on = new
    if step.due_on == old:
        step.due_on = new
        if step.is_open:
            restart_notices(step, resolution=Resolution.NEW_DATE, now=now)


def ensure_past_day(day: date, today: date, *, field: str) -> None:
    """Raises RuleBroken, beside the field, for a day that is still to come or cannot be right."""
    if day > today:
        raise RuleBroken("The date must be today or in the past.", field=field)
    if day < EARLIEST_DONE:
        raise RuleBroken(TOO_EARLY, field=field)


def _move(
    milestone: Milestone,
    state: State,
    action: str,
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    batch: NoticeBatch | None = None,
) -> None:
    ensure_allowed(milestone.state, state)
    audit.record_milestone(
        milestone,
        action,
        by=by,
        at=now,
        before={"state": milestone.state},
        after={"state": state},
        reason=reason,
    )
    milestone.state = state
    if batch is None:
        db.session.flush()
