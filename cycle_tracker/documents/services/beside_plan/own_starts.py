"""The own start of a plan that was allowed to start late: proposed by a lead, or by an official on their behalf, and
agreed by an official. From then the plan is measured from it."""

from datetime import date, datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, OnBehalf
from cycle_tracker.core.periods import Period
from cycle_tracker.documents.queries.beside_plan.own_starts import find_own_start
from cycle_tracker.documents.rules.own_starts import ensure_own_start
from cycle_tracker.documents.services.explanations import ensure_stands_apart
from cycle_tracker.documents.services.facts import date_plan
from cycle_tracker.documents.services.on_behalf.acts import forget_undone_acts, note_act
from cycle_tracker.documents.services.versions import present_version
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.approval import OwnStart
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.notices import stay_silent

NOTHING_TO_AGREE = "No own start is recorded. It was undone."


def propose_own_start(
    plan: Milestone, starts_on: date, allowed_by: str, *, on_behalf: bool, by: User, now: datetime
) -> OwnStart:
    """Record the own start of a plan and the law or reason that allowed it. It changes nothing until an official agrees
    it.

    Raises RuleBroken for what is no plan of a period, where an own start is recorded already, for a day that is not
    within the period and after its first day, and without a law or reason.
    """
    if plan.kind is not Kind.PLAN or plan.target_on is None:
        raise RuleBroken("Only the plan of a period can have its own start.")
    lock(plan)
    if find_own_start(plan) is not None:
        raise RuleBroken("An own start is already recorded. Undo it first.")
    last_day = Period.containing(plan.target_on).end
    ensure_own_start(starts_on, allowed_by, first_day=plan.target_on, last_day=last_day)
    own_start = OwnStart(
        milestone_id=plan.id,
        starts_on=starts_on,
        allowed_by=allowed_by.strip(),
        on_behalf=on_behalf,
        recorded_by_id=by.id,
        recorded_at=now,
    )
    db.session.add(own_start)
    audit.record_milestone(
        plan,
        "own-start-proposed",
        by=by,
        at=now,
        after={"starts_on": starts_on, "on_behalf": on_behalf},
        reason=own_start.allowed_by,
    )
    if on_behalf:
        note_act(plan, OnBehalf.OWN_START, by=by, now=now)
    count_as_changed(plan)
    db.session.flush()
    return own_start


def agree_own_start(plan: Milestone, *, by: User, today: date, now: datetime) -> None:
    """Agree the own start that is proposed: the plan is measured from it. Who is an official is asked where the plan is
    fetched. Raises RuleBroken where none waits, for the owner and the partnership's leads, and for who recorded it as
    one of them."""
    lock(plan)
    own_start = find_own_start(plan)
    if own_start is None:
        raise RuleBroken(NOTHING_TO_AGREE)
    if own_start.agreed_at is not None:
        raise RuleBroken("This own start was agreed already.")
    # Who recorded it as a lead may have become an official since.
    recorder = None if own_start.on_behalf else own_start.recorded_by_id
    ensure_stands_apart(plan, by, today, proposed_by_id=recorder, what="agree the plan’s own start")
    own_start.agreed_by_id, own_start.agreed_at = by.id, now
    before = {"due_on": plan.due_on}
    _measure_from(plan, own_start.starts_on, now=now)
    after = {"due_on": plan.due_on, "starts_on": own_start.starts_on}
    audit.record_milestone(plan, "own-start-agreed", by=by, at=now, before=before, after=after)
    db.session.flush()


def undo_own_start(plan: Milestone, reason: str, *, by: User, now: datetime) -> None:
    """Undo the own start of a plan, agreed or not, with a reason: the plan is measured from the first day of its period
    again. Raises RuleBroken without a reason, and where none is recorded."""
    lock(plan)
    own_start = find_own_start(plan)
    if own_start is None:
        raise RuleBroken("No own start is recorded, so there is nothing to undo.")
    if not reason.strip():
        raise RuleBroken("Enter the reason for undoing this.", field="reason")
    own_start.undone_by_id, own_start.undone_at, own_start.undone_why = by.id, now, reason.strip()
    forget_undone_acts(plan, {OnBehalf.OWN_START}, by_id=own_start.recorded_by_id, at=own_start.recorded_at)
    before = {"starts_on": own_start.starts_on, "due_on": plan.due_on}
    db.session.flush()
    _measure_from(plan, None, now=now)
    after = {"due_on": plan.due_on}
    audit.record_milestone(plan, "own-start-undone", by=by, at=now, before=before, after=after, reason=reason.strip())
    db.session.flush()


def _measure_from(plan: Milestone, starts_on: date | None, *, now: datetime) -> None:
    plan.own_start_on = starts_on
    date_plan(plan, present_version(plan), now=now)
    stay_silent(plan, london_day(now), now)
    count_as_changed(plan)
