"""What each lead body decided about a document: made by the body, recorded by a person, who may be another body's. And
the day on which a plan was prepared, recorded by hand: it wins over the approvals and the publication."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Agreed, Kind, Manner, PreparedFrom
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.documents.services.versions import present_version
from cycle_tracker.milestones.services.milestones import EARLIEST_DONE, LATEST_DUE, ensure_past_day
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.approval import Approval, Preparation, Revision
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.user import User


@dataclass(frozen=True)
class ApprovalDetails:
    """What is known of a decision. All but the manner may be unknown.

    `signs_off` and what follows it count for an approval subject to changes, `deferred_to` for a decision that was
    deferred, `agreed` for a body that noted a plan. What does not belong to the decision is left out of the record.
    """

    manner: Manner
    made_by: str = ""
    approved_on: date | None = None
    meeting: str = ""
    minute: str = ""
    draft: str = ""
    signs_off: str = ""
    sign_off_by: date | None = None
    signed_off: bool = False
    signed_off_on: date | None = None
    deferred_to: str = ""
    deferred_to_on: date | None = None
    agreed: Agreed | None = None

    def of_the_decision(self) -> "ApprovalDetails":
        """These details without those that do not belong to the decision."""
        details = self
        if self.manner is not Manner.SUBJECT_TO_CHANGES:
            details = replace(details, signs_off="", sign_off_by=None, signed_off=False, signed_off_on=None)
        if self.manner is not Manner.DEFERRED:
            details = replace(details, deferred_to="", deferred_to_on=None)
        return details if self.manner is Manner.NOTED else replace(details, agreed=None)


def record_approval(
    document: Milestone,
    body: Organisation,
    details: ApprovalDetails,
    *,
    by: User,
    today: date,
    now: datetime,
    revision: Revision | None = None,
) -> Approval:
    """Record what a lead body made of a document: of the version that is published, or of the one to come; or of a
    `revision` in preparation.

    Whether the body leads, and whether the person may record for it, is asked where both are fetched. Raises RuleBroken
    for what is no document, for a day that cannot be.
    """
    if not document.is_document:
        raise RuleBroken("Only a plan or an annual report can be approved.")
    known, present = _possible(document, details, today), present_version(document)
    approval = Approval(
        milestone_id=document.id,
        publication_id=present.id if present is not None and present.is_document and revision is None else None,
        revision_id=revision.id if revision is not None else None,
        organisation=body,
        **asdict(known),
        agreed_recorded_by_id=by.id if known.agreed else None,
        on_behalf=by.organisation_id != body.id,
        recorded_by_id=by.id,
        recorded_at=now,
    )
    db.session.add(approval)
    audit.record_milestone(document, "approval-recorded", by=by, at=now, after=facts_of_approval(approval))
    settle(document, by=by, now=now)
    count_as_changed(document)
    db.session.flush()
    return approval


def correct_approval(
    document: Milestone, approval: Approval, details: ApprovalDetails, *, by: User, today: date, now: datetime
) -> None:
    """Put right what was recorded of an approval. Who corrected it is who recorded it from now on."""
    known = _possible(document, details, today)
    _ensure_date_goes_with_tick(approval, details)
    before = facts_of_approval(approval)
    if known.agreed is not approval.agreed:
        approval.agreed_recorded_by_id = by.id if known.agreed else None
    for name, value in asdict(known).items():
        setattr(approval, name, value)
    approval.on_behalf = by.organisation_id != approval.organisation_id
    approval.recorded_by_id, approval.recorded_at = by.id, now
    audit.record_milestone(
        document, "approval-corrected", by=by, at=now, before=before, after=facts_of_approval(approval)
    )
    settle(document, by=by, now=now)
    count_as_changed(document)
    db.session.flush()


def _ensure_date_goes_with_tick(approval: Approval, details: ApprovalDetails) -> None:
    """A day alone says that the changes were signed off. So who takes the tick away and leaves the day that is recorded
    has to say which of the two is meant."""
    day = details.signed_off_on
    unticked = bool(approval.signed_off) and not details.signed_off
    if details.manner is Manner.SUBJECT_TO_CHANGES and unticked and day is not None and day == approval.signed_off_on:
        raise RuleBroken("If the changes are not signed off, clear this date too.", field="signed_off_on")


def take_back_approval(document: Milestone, approval: Approval, reason: str, *, by: User, now: datetime) -> None:
    """Take back a record that should not have been made. Raises RuleBroken without a reason."""
    if not reason.strip():
        raise RuleBroken("Enter the reason for removing this.", field="reason")
    audit.record_milestone(
        document, "approval-taken-back", by=by, at=now, before=facts_of_approval(approval), reason=reason.strip()
    )
    db.session.delete(approval)
    settle(document, by=by, now=now, reason=reason.strip())
    count_as_changed(document)
    db.session.flush()


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


def facts_of_approval(approval: Approval) -> dict[str, Any]:
    """An approval as the audit keeps it."""
    return {
        "body": approval.organisation.name,
        "organisation_id": approval.organisation_id or approval.organisation.id,
        "manner": approval.manner.value,
        "made_by": approval.made_by,
        "approved_on": _iso(approval.approved_on),
        "meeting": approval.meeting,
        "minute": approval.minute,
        "draft": approval.draft or "",
        "signs_off": approval.signs_off or "",
        "sign_off_by": _iso(approval.sign_off_by),
        "signed_off": bool(approval.signed_off),
        "signed_off_on": _iso(approval.signed_off_on),
        "deferred_to": approval.deferred_to or "",
        "deferred_to_on": _iso(approval.deferred_to_on),
        "agreed": approval.agreed.value if approval.agreed else None,
        "on_behalf": approval.on_behalf,
    }


def _possible(document: Milestone, details: ApprovalDetails, today: date) -> ApprovalDetails:
    """The details that belong to the decision. Raises RuleBroken, beside the field, for a day that cannot be."""
    known = details.of_the_decision()
    if document.kind is not Kind.PLAN:
        known = replace(known, agreed=None)
    for name, day in (("approved_on", known.approved_on), ("signed_off_on", known.signed_off_on)):
        if day is not None:
            ensure_past_day(day, today, field=name)
    for name, day in (("sign_off_by", known.sign_off_by), ("deferred_to_on", known.deferred_to_on)):
        if day is not None and not EARLIEST_DONE <= day < LATEST_DUE:
            raise RuleBroken(f"The date must be between {EARLIEST_DONE.year} and {LATEST_DUE.year}.", field=name)
    decided_on = known.approved_on
    if decided_on is not None and known.signed_off_on is not None and known.signed_off_on < decided_on:
        raise RuleBroken("The changes cannot be signed off before the decision.", field="signed_off_on")
    if decided_on is not None and known.deferred_to_on is not None and known.deferred_to_on <= decided_on:
        raise RuleBroken("The other meeting must be after this one.", field="deferred_to_on")
    return replace(known, signed_off=known.signed_off or known.signed_off_on is not None)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
