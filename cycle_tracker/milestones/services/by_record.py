"""What a record of a document completes, and what is done without that record."""

from datetime import datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.milestones.services.milestones import complete
from cycle_tracker.models.escalation import Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.notices import restart_notices


def finish_without_details(milestone: Milestone, reason: str, *, by: User, now: datetime) -> None:
    """Say that a step was done although the record that completes it is not there: nobody knows its details.

    Raises RuleBroken without a reason, and for what no record completes. Once the record is there, its day counts.
    """
    if milestone.fact is None:
        raise RuleBroken("Enter the date it was done.")
    if not reason.strip():
        raise RuleBroken("Enter the reason why the details are not known.", field="reason")
    complete(milestone, None, "finished-without-details", by=by, now=now, reason=reason.strip())
    milestone.details_not_known, milestone.reason = True, reason.strip()
    db.session.flush()


def reopen_for(milestone: Milestone, reason: str, *, by: User | None, now: datetime) -> None:
    """Open again what a fact had completed, because the fact is not there any more; its notices start afresh."""
    before = {"state": milestone.state, "done_on": milestone.done_on}
    milestone.state, milestone.done_on = State.IN_PROGRESS, None
    audit.record_milestone(
        milestone, "reopened", by=by, at=now, before=before, after={"state": State.IN_PROGRESS}, reason=reason
    )
    restart_notices(milestone, resolution=Resolution.REOPENED, now=now)
