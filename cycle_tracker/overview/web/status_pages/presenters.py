"""Where a partnership stands, in words: one report, for the page and for the Word document alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import LATE
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.publications import DocumentRecord
from cycle_tracker.documents.rules.documents import lag_days
from cycle_tracker.documents.rules.gaps import About
from cycle_tracker.documents.web.lines import owner_wording
from cycle_tracker.governance.web.escalations.decision_words import decision_lines
from cycle_tracker.models import DateChange, Milestone, Organisation
from cycle_tracker.overview.queries.status import AHEAD, DocumentStanding, Inside, PartnershipStatus
from cycle_tracker.web.wording import count, date_name, day, document_status, due_wording, kind_label, lag_wording

NOT_SHARED = "Not shared with the Scottish Government."


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its words, where they lead, and the colour of a state."""

    text: str
    address: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the report: a table, or what is said where it has no rows; `more` tells what is left out."""

    id: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    nothing: str
    more: str = ""
    more_address: str = ""


@dataclass(frozen=True)
class StatusReport:
    """The whole report."""

    title: str
    place: str
    as_at: str
    summary: Sequence[str]
    sections: Sequence[Section]
    seen_by: str


def status_report(status: PartnershipStatus) -> StatusReport:
    """The report that this person may read."""
    place, today = status.partnership, status.today
    sections = [_documents(status)]
    if status.inside is not None:
        sections += [
            _past(status.inside, place.slug, today),
            _ahead(status.inside, place.slug, today),
            _escalations(status.inside, today),
            _decisions(status.inside),
            _approvals(status.documents),
            _gaps(status.documents),
        ]
    return StatusReport(
        title=f"Status of children’s services planning: {place.name}",
        place=place.name,
        as_at=day(today),
        summary=_summary(status),
        sections=sections,
        seen_by=f"People in the {place.name} partnership, and auditors. Officials see only plans and annual reports."
        if status.inside is not None
        else f"You can see the plans and annual reports of {place.name}, with shared explanations.",
    )


def _summary(status: PartnershipStatus) -> list[str]:
    late = sum(one.state in LATE for one in status.documents)
    if not late:
        said = ["No plan or annual report is past its guidance date."]
    else:
        said = [f"{count(late, 'plan or report is', 'plans and reports are')} past the guidance date."]
    inside = status.inside
    if inside is not None:
        said += [
            f"{count(inside.past_count, 'milestone is', 'milestones are')} overdue.",
            f"{count(inside.ahead_count, 'milestone is', 'milestones are')} due in the next {AHEAD.days} days.",
            f"{count(len(inside.escalations), 'escalation is', 'escalations are')} with the governance group.",
        ]
    return said


def _documents(status: PartnershipStatus) -> Section:
    in_full = status.inside is not None
    return Section(
        id="documents",
        title="Plans and annual reports",
        columns=("Document", "Status", "Guidance date", "Published or expected", "Days after year end", "Explanation"),
        rows=[_document(one, status.today, in_full=in_full) for one in status.documents],
        nothing="No plans or annual reports yet.",
    )


def _document(standing: DocumentStanding, today: date, *, in_full: bool) -> list[Cell]:
    milestone = standing.milestone
    label, colour = document_status(standing.state)
    return [
        _title(milestone),
        Cell(label, colour=colour),
        Cell(_guidance_date(milestone, today, standing)),
        Cell(_published_or_expected(standing, today)),
        Cell(_lag(standing, today)),
        Cell(_explanation(standing, in_full=in_full)),
    ]


def _guidance_date(milestone: Milestone, today: date, standing: DocumentStanding) -> str:
    if milestone.target_on is None:
        return "None"
    passed = days_past(milestone.target_on, today) if standing.state in LATE else 0
    return f"{day(milestone.target_on)}, {count(passed, 'day')} ago" if passed else day(milestone.target_on)


def _published_or_expected(standing: DocumentStanding, today: date) -> str:
    if standing.publication is not None:
        published_on = standing.publication.published_on
        return f"Published {day(published_on)}" if published_on else "Published, date not known"
    change = standing.explanation
    if change is None or change.new_due_on is None or standing.milestone.state is State.NOT_REQUIRED:
        return "Not published"
    passed = days_past(change.new_due_on, today)
    return f"Expected {day(change.new_due_on)}" + (f", {count(passed, 'day')} ago" if passed else "")


def _lag(standing: DocumentStanding, today: date) -> str:
    milestone, publication = standing.milestone, standing.publication
    if milestone.kind is not Kind.ANNUAL_REPORT:
        return "–"
    if publication is not None and publication.published_on is None:
        return "Not known"
    lag = lag_days(milestone.reports_on, publication.published_on if publication else None, today)
    return lag_wording(lag, published=publication is not None) or "Not yet"


def _explanation(standing: DocumentStanding, *, in_full: bool) -> str:
    change = standing.explanation
    if change is None:
        return "None" if standing.state in LATE else ""
    return f"{change.reason} {NOT_SHARED}" if in_full and not change.shared else change.reason


def _past(inside: Inside, slug: str, today: date) -> Section:
    return Section(
        id="past",
        title="Overdue",
        columns=("Milestone", "Date", "Owner", "Reason"),
        rows=[
            [
                _title(one),
                Cell(_past_date(one, today)),
                Cell(owner_wording(one)),
                Cell(_why(inside.explanations.get(one.id))),
            ]
            for one in inside.past
        ],
        nothing="Nothing is overdue.",
        more=_more(len(inside.past), inside.past_count),
        more_address=url_for("milestone_lists.show", slug=slug, overdue="yes"),
    )


def _past_date(milestone: Milestone, today: date) -> str:
    """How long the date worked to has passed: `14 May 2026, 50 days past`."""
    name = date_name(milestone.date_basis, expected=milestone.expected_date)
    return f"{day(milestone.due_on)}, {count(days_past(milestone.due_on, today), 'day')} past the {name}"


def _why(change: DateChange | None) -> str:
    return change.reason if change else "No explanation recorded"


def _ahead(inside: Inside, slug: str, today: date) -> Section:
    return Section(
        id="ahead",
        title=f"Due in the next {AHEAD.days} days",
        columns=("Milestone", "Kind", "Date", "Owner"),
        rows=[
            [_title(one), Cell(kind_label(one.kind)), Cell(due_wording(one, today)), Cell(owner_wording(one))]
            for one in inside.ahead
        ],
        nothing=f"Nothing is due in the next {AHEAD.days} days.",
        more=_more(len(inside.ahead), inside.ahead_count),
        more_address=url_for(
            "milestone_lists.show", slug=slug, state="open", due_from=f"{today}", due_to=f"{today + AHEAD}"
        ),
    )


def _escalations(inside: Inside, today: date) -> Section:
    return Section(
        id="escalations",
        title="With the governance group",
        columns=("Milestone", "Since", "Days waiting", "Status"),
        rows=[
            [
                Cell(one.milestone.title, addresses.escalation(one.id)),
                Cell(day(one.fell_due_on)),
                Cell(count(days_past(one.fell_due_on, today), "day")),
                Cell(f"Decided on {day(london_day(one.decided_at))}" if one.decided_at else "Decision needed"),
            ]
            for one in inside.escalations
        ],
        nothing="Nothing is with the governance group.",
    )


def _decisions(inside: Inside) -> Section:
    return Section(
        id="decisions",
        title="Recent decisions of the governance group",
        columns=("Milestone", "Decision", "Made"),
        rows=[
            [
                Cell(decision.escalation.milestone.title),
                Cell(line.what),
                Cell(". ".join(words for words in (line.made, line.meeting, line.when) if words)),
            ]
            for decision, line in zip(inside.decisions, decision_lines(inside.decisions), strict=True)
        ],
        nothing="No decisions recorded yet.",
    )


def _approvals(documents: Iterable[DocumentStanding]) -> Section:
    return Section(
        id="approvals",
        title="Approvals by the lead bodies",
        columns=("Document", "Approvals"),
        rows=[
            [_title(one.milestone), Cell(" ".join(_approval(one.record, body) for body in one.record.approving_bodies))]
            for one in documents
            if one.record is not None and (one.publication is not None or one.record.approvals)
        ],
        nothing="No plan or annual report shown here has been published or approved yet.",
    )


def _approval(record: DocumentRecord, body: Organisation) -> str:
    approval = record.approval_of(body.id)
    if approval is None:
        return f"{body.name}: not recorded."
    minute = f"minute {approval.minute}" if approval.minute else "minute not recorded"
    return f"{body.name}: {approval.manner.label.lower()}, {day(approval.approved_on)}, {minute}."


def _gaps(documents: Iterable[DocumentStanding]) -> Section:
    return Section(
        id="gaps",
        title="Details missing",
        columns=("Document", "Missing details"),
        rows=[
            [_title(one.milestone), Cell(" ".join(words))]
            for one in documents
            if one.record is not None and (words := _gap_words(one.record))
        ],
        nothing="No details are missing.",
    )


def _gap_words(record: DocumentRecord) -> list[str]:
    """What is missing, but for what the table of approvals says."""
    return [gap.words for gap in record.gaps if gap.about is not About.APPROVALS]


def _title(milestone: Milestone) -> Cell:
    slug = milestone.partnership.slug if milestone.partnership else ""
    return Cell(milestone.title, addresses.milestone(slug, milestone.key))


def _more(shown: int, number: int) -> str:
    return f"Showing the first {shown} of {number:,}." if number > shown else ""
