"""The sections on plans and annual reports in the report of a status."""

from collections.abc import Iterable
from datetime import date

from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import LATE, DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.rules.documents import lag_days
from cycle_tracker.documents.rules.gaps import About
from cycle_tracker.documents.web.approvals.presenters import decision_lines
from cycle_tracker.documents.web.versions import interim_words
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.overview.queries.status import PartnershipStatus, ReportedDocument
from cycle_tracker.overview.web.status_pages.parts import ReportCell, ReportSection, title_cell
from cycle_tracker.web.wording import count, day, document_status, lag_wording

NOT_SHARED = "Not shared with the Scottish Government."


def documents_section(status: PartnershipStatus) -> ReportSection:
    """Every document with its status and dates."""
    in_full = status.inside is not None
    return ReportSection(
        id="documents",
        title="Plans and annual reports",
        columns=("Document", "Status", "Guidance date", "Published or expected", "Days after year end", "Explanation"),
        rows=[_document(one, status.today, in_full=in_full) for one in status.documents],
        nothing="No plans or annual reports yet.",
    )


def _document(reported: ReportedDocument, today: date, *, in_full: bool) -> list[ReportCell]:
    milestone = reported.milestone
    label, colour = document_status(reported.state)
    return [
        title_cell(milestone),
        ReportCell(label, colour=colour),
        ReportCell(_guidance_date(milestone, today, reported)),
        ReportCell(_published_or_expected(reported, today)),
        ReportCell(_lag(reported, today)),
        ReportCell(_explanation(reported, in_full=in_full)),
    ]


def _guidance_date(milestone: Milestone, today: date, reported: ReportedDocument) -> str:
    if milestone.target_on is None:
        return "None"
    passed = days_past(milestone.measured_on, today) if reported.state in LATE else 0
    words = f"{day(milestone.target_on)}. Own start {day(milestone.own_start_on)}" if milestone.own_start_on else ""
    words = words or day(milestone.target_on)
    return f"{words}, {count(passed, 'day')} ago" if passed else words


def _published_or_expected(reported: ReportedDocument, today: date) -> str:
    """When it was published, or is expected; an interim plan in its place with its last day."""
    publication = reported.publication
    if publication is not None and publication.is_document:
        published_on = publication.first_published_on
        return f"Published {day(published_on)}" if published_on else "Published, date not known"
    words = _expected(reported, today)
    if publication is None or publication.is_draft:
        return words
    return f"{interim_words(publication.interim_until)}. {words}"


def _expected(reported: ReportedDocument, today: date) -> str:
    change = reported.explanation
    if change is None or change.new_due_on is None or reported.milestone.state is State.NOT_REQUIRED:
        return "Not known" if reported.state is DocumentState.NO_RECORD else "Not published"
    passed = days_past(change.new_due_on, today)
    return f"Expected {day(change.new_due_on)}" + (f", {count(passed, 'day')} ago" if passed else "")


def _lag(reported: ReportedDocument, today: date) -> str:
    milestone, publication = reported.milestone, reported.publication
    if milestone.kind is not Kind.ANNUAL_REPORT:
        return "–"
    if publication is not None and publication.first_published_on is None:
        return "Not known"
    lag = lag_days(milestone.reports_on, publication.first_published_on if publication else None, today)
    return lag_wording(lag, published=publication is not None) or "Not yet"


def _explanation(reported: ReportedDocument, *, in_full: bool) -> str:
    change = reported.explanation
    if change is None:
        return "None" if reported.state in LATE else ""
    return f"{change.reason} {NOT_SHARED}" if in_full and not change.shared else change.reason


def approvals_section(documents: Iterable[ReportedDocument]) -> ReportSection:
    """What the lead bodies made of each document."""
    return ReportSection(
        id="approvals",
        title="Approvals by the lead bodies",
        columns=("Document", "Approvals"),
        rows=[
            [
                title_cell(one.milestone),
                ReportCell(" ".join(_approval(one.record, body) for body in one.record.approving_bodies)),
            ]
            for one in documents
            if one.record is not None and (one.publication is not None or one.record.approvals)
        ],
        nothing="No plan or annual report shown here has been published or approved yet.",
    )


def _approval_words(record: DocumentRecord) -> str:
    return " ".join(_approval(record, body) for body in record.approving_bodies)


def _approval(record: DocumentRecord, body: Organisation) -> str:
    approval = record.approval_of(body.id)
    if approval is None:
        return f"{body.name}: not recorded."
    minute = f"minute {approval.minute}" if approval.minute else "minute not recorded"
    decision = f"{body.name}: {approval.manner.label.lower()}, {day(approval.approved_on)}, {minute}."
    return " ".join([decision, *(f"{line}." for line in decision_lines(approval))])


def gaps_section(documents: Iterable[ReportedDocument]) -> ReportSection:
    """The details that nobody has recorded yet."""
    return ReportSection(
        id="gaps",
        title="Details missing",
        columns=("Document", "Missing details"),
        rows=[
            [title_cell(one.milestone), ReportCell(" ".join(words))]
            for one in documents
            if one.record is not None and (words := _gap_words(one.record))
        ],
        nothing="No details are missing.",
    )


def _gap_words(record: DocumentRecord) -> list[str]:
    """What is missing, but for what the table of approvals says."""
    return [gap.words for gap in record.gaps if gap.about is not About.APPROVALS]
