"""What each lead body made of a document: made by the body, recorded by a person, who may be another body's."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.milestones.services.milestones import ensure_past_day
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.approval import Approval, Manner
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.user import User


@dataclass(frozen=True)
class ApprovalDetails:
    """What is known of an approval. All but the manner may be unknown."""

    manner: Manner
    made_by: str = ""
    approved_on: date | None = None
    meeting: str = ""
    minute: str = ""


def record_approval(
    document: Milestone, body: Organisation, details: ApprovalDetails, *, by: User, today: date, now: datetime
) -> Approval:
    """Record what a lead body made of a document.

    Whether the body leads, and whether the person may record for it, is asked where both are fetched. Raises RuleBroken
    for what is no document, for a day that cannot be.
    """
    if not document.is_document:
        raise RuleBroken("Only a plan or an annual report can be approved.")
    _ensure_day(details, today)
    approval = Approval(
        milestone_id=document.id,
        organisation=body,
        **asdict(details),
        on_behalf=by.organisation_id != body.id,
        recorded_by_id=by.id,
        recorded_at=now,
    )
    db.session.add(approval)
    audit.record_milestone(document, "approval-recorded", by=by, at=now, after=facts_of_approval(approval))
    count_as_changed(document)
    db.session.flush()
    return approval


def correct_approval(
    document: Milestone, approval: Approval, details: ApprovalDetails, *, by: User, today: date, now: datetime
) -> None:
    """Put right what was recorded of an approval. Who corrected it is who recorded it from now on."""
    _ensure_day(details, today)
    before = facts_of_approval(approval)
    for name, value in asdict(details).items():
        setattr(approval, name, value)
    approval.on_behalf = by.organisation_id != approval.organisation_id
    approval.recorded_by_id, approval.recorded_at = by.id, now
    audit.record_milestone(
        document, "approval-corrected", by=by, at=now, before=before, after=facts_of_approval(approval)
    )
    count_as_changed(document)
    db.session.flush()


def take_back_approval(document: Milestone, approval: Approval, reason: str, *, by: User, now: datetime) -> None:
    """Take back a record that should not have been made. Raises RuleBroken without a reason."""
    if not reason.strip():
        raise RuleBroken("Enter the reason for removing this.", field="reason")
    audit.record_milestone(
        document, "approval-taken-back", by=by, at=now, before=facts_of_approval(approval), reason=reason.strip()
    )
    db.session.delete(approval)
    count_as_changed(document)
    db.session.flush()


def facts_of_approval(approval: Approval) -> dict[str, Any]:
    """An approval as the audit keeps it."""
    return {
        "body": approval.organisation.name,
        "organisation_id": approval.organisation_id or approval.organisation.id,
        "manner": approval.manner.value,
        "made_by": approval.made_by,
        "approved_on": approval.approved_on.isoformat() if approval.approved_on else None,
        "meeting": approval.meeting,
        "minute": approval.minute,
        "on_behalf": approval.on_behalf,
    }


def _ensure_day(details: ApprovalDetails, today: date) -> None:
    if details.approved_on is not None:
        ensure_past_day(details.approved_on, today, field="approved_on")
