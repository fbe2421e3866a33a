"""The approvals of a document in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cycle_tracker.access.rules.permissions import Viewer, may_record_approval
from cycle_tracker.core.kinds import Manner
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.web.links import url_for
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class ApprovalRow:
    """What one lead body decided about the document. `about` says more of the decision, a line each. `action` is what
    the person may do about it, at `address`."""

    body: str
    manner: str
    on: str
    made_by: str
    minute: str
    recorded: str
    address: str = ""
    action: str = ""
    take_back: str = ""
    about: Sequence[str] = ()


def approval_rows(
    record: DocumentRecord,
    viewer: Viewer,
    names: Mapping[int, str],
    *,
    own: int | None,
    in_full: bool,
    coming: bool = False,
) -> list[ApprovalRow]:
    """A row for each lead body of the day, whether anything is recorded of it or not.

    `own` is the organisation that the viewer is of. `coming` says that they are of a revision in preparation. Without
    `in_full`, as officials see them: bodies, manner and date.
    """
    return [
        _row(record, body, viewer, names, of_their_own=own == body.id, in_full=in_full, coming=coming)
        for body in record.approving_bodies
    ]


def recorded_words(approval: Approval, name: str) -> str:
    """Who recorded it, and for whom: nobody makes the approval of another body, a lead may record it.

    Only a planning lead records for a body that they are not of.
    """
    if not approval.on_behalf:
        return f"Recorded by {name}"
    return f"Recorded by {name} (planning lead) on behalf of {approval.organisation.name}"


def _row(
    record: DocumentRecord,
    body: Organisation,
    viewer: Viewer,
    names: Mapping[int, str],
    *,
    of_their_own: bool,
    in_full: bool,
    coming: bool,
) -> ApprovalRow:
    approval, partnership = record.approval_of(body.id), record.document.partnership
    address = take_back = ""
    if partnership is not None and may_record_approval(viewer, partnership.id, of_their_own=of_their_own):
        place: dict[str, Any] = {"slug": partnership.slug, "key": record.document.key, "organisation_id": body.id}
        of_which = "_coming" if coming else ""
        address = url_for(f"approvals.record{of_which}", **place)
        take_back = url_for(f"approvals.take_back{of_which}", **place) if approval else ""
    if approval is None:
        return ApprovalRow(body.name, "Not recorded yet", "", "", "", "", address, "Record")
    return ApprovalRow(
        body=body.name,
        manner=approval.manner.label,
        on=day(approval.approved_on),
        made_by=approval.made_by if in_full else "",
        minute=_minute(approval) if in_full else "",
        recorded=recorded_words(approval, _name(approval, names)) if in_full else "",
        address=address,
        action="Change",
        take_back=take_back,
        about=decision_lines(approval, names if in_full else None),
    )


def decision_lines(approval: Approval, names: Mapping[int, str] | None = None) -> list[str]:
    """What belongs to the decision and to no other: the sign-off, the other meeting, whether a body that noted the plan
    agreed to it. With `names` also who signs off, which draft the body saw, and who recorded that it agreed."""
    in_full = names is not None
    lines = [f"Draft: {approval.draft}"] if approval.draft and in_full else []
    if approval.manner is Manner.SUBJECT_TO_CHANGES:
        lines.append(_sign_off(approval, in_full=in_full))
    if approval.manner is Manner.DEFERRED and (approval.deferred_to or approval.deferred_to_on):
        meeting = [approval.deferred_to, day(approval.deferred_to_on) if approval.deferred_to_on else ""]
        lines.append(f"Next meeting: {', '.join(one for one in meeting if one)}")
    if approval.agreed is not None:
        by = names.get(approval.agreed_recorded_by_id or 0, "") if names else ""
        lines.append(f"Agreed to the plan: {approval.agreed.label.lower()}" + (f" (recorded by {by})" if by else ""))
    return lines


def _sign_off(approval: Approval, *, in_full: bool) -> str:
    if approval.signed_off:
        return f"Changes signed off, {day(approval.signed_off_on)}"
    who = f" by {approval.signs_off}" if approval.signs_off and in_full else ""
    until = f", due {day(approval.sign_off_by)}" if approval.sign_off_by else ""
    return f"Changes to be signed off{who}{until}"


def _minute(approval: Approval) -> str:
    """The meeting and its minute, and which of them is missing."""
    told = [approval.meeting or "", f"Minute {approval.minute}" if approval.minute else "Minute not recorded"]
    return ". ".join(one for one in told if one)


def _name(approval: Approval, names: Mapping[int, str]) -> str:
    return names.get(approval.recorded_by_id, "someone whose name is no longer kept")
