"""The day on which a plan was prepared, recorded by hand: it wins over the approvals and the publication."""

from datetime import date, datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, PreparedFrom
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.milestones.services.milestones import ensure_past_day
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.approval import Preparation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User


def record_preparation(plan: Milestone, day: date, *, by: User, today: date, now: datetime) -> None:
    """Record the day on which a plan was prepared, or another in its place.

    Raises RuleBroken for what is no plan, and for a day that cannot be.
    """
    if plan.kind is not Kind.PLAN:
        raise RuleBroken("Only a plan is prepared.")
    ensure_past_day(day, today, field="prepared_on")
    kept = db.session.get(Preparation, plan.id)
    before = {"prepared_on": kept.prepared_on if kept else None}
    if kept is None:
        kept = Preparation(milestone_id=plan.id)
        db.session.add(kept)
    kept.prepared_on, kept.prepared_from = day, PreparedFrom.BY_HAND
    kept.recorded_by_id, kept.recorded_at = by.id, now
    audit.record_milestone(plan, "prepared-recorded", by=by, at=now, before=before, after={"prepared_on": day})
    settle(plan, by=by, now=now)
    count_as_changed(plan)
    db.session.flush()


def undo_preparation(plan: Milestone, reason: str, *, by: User, now: datetime) -> None:
    """Undo a day that was recorded by hand: the approvals, or the publication, say whether the plan is prepared.

    Raises RuleBroken without a reason, and where no day was recorded by hand.
    """
    kept = db.session.get(Preparation, plan.id)
    if kept is None or kept.prepared_from is not PreparedFrom.BY_HAND:
        raise RuleBroken("No date was recorded by hand, so there is nothing to undo.")
    if not reason.strip():
        raise RuleBroken("Enter the reason for undoing this.", field="reason")
    audit.record_milestone(
        plan,
        "prepared-undone",
        by=by,
        at=now,
        before={"prepared_on": kept.prepared_on},
        reason=reason.strip(),
    )
    db.session.delete(kept)
    settle(plan, by=by, now=now, reason=reason.strip())
    count_as_changed(plan)
    db.session.flush()
