"""The approvals of a document in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cycle_tracker.access.rules.permissions import Viewer, may_record_approval
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.models.approval import Approval
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.web.links import url_for
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class ApprovalRow:
    """What one lead body made of the document. `action` is what the person may do about it, at `address`."""

    body: str
    manner: str
    on: str
    made_by: str
    minute: str
    recorded: str
    address: str = ""
    action: str = ""
    take_back: str = ""


def approval_rows(
    record: DocumentRecord, viewer: Viewer, names: Mapping[int, str], *, own: int | None, in_full: bool
) -> list[ApprovalRow]:
    """A row for each lead body of the day, whether anything is recorded of it or not.

    `own` is the organisation that the viewer is of. Without `in_full`, as officials see them: bodies, manner and date.
    """
    return [
        _row(record, body, viewer, names, of_their_own=own == body.id, in_full=in_full)
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
) -> ApprovalRow:
    approval, partnership = record.approval_of(body.id), record.document.partnership
    address = take_back = ""
    if partnership is not None and may_record_approval(viewer, partnership.id, of_their_own=of_their_own):
        place: dict[str, Any] = {"slug": partnership.slug, "key": record.document.key, "organisation_id": body.id}
        address = url_for("approvals.record", **place)
        take_back = url_for("approvals.take_back", **place) if approval else ""
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
    )


def _minute(approval: Approval) -> str:
    """The meeting and its minute, and which of them is missing."""
    told = [approval.meeting or "", f"Minute {approval.minute}" if approval.minute else "Minute not recorded"]
    return ". ".join(one for one in told if one)


def _name(approval: Approval, names: Mapping[int, str]) -> str:
    return names.get(approval.recorded_by_id, "someone whose name is no longer kept")
