"""Where a partnership stands, in words: one report, for the page and for the Word document alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import LATE, DocumentState
from cycle_tracker.documents.queries.listed import ListedMilestone
from cycle_tracker.documents.web.lines import owner_words, with_progress
from cycle_tracker.governance.web.escalations.decision_words import decision_lines
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.overview.queries.status import AHEAD, InternalStatus, PartnershipStatus
from cycle_tracker.overview.web.status_pages.document_sections import approvals_section, documents_section, gaps_section
from cycle_tracker.overview.web.status_pages.parts import ReportCell, ReportSection, more_words, title_cell
from cycle_tracker.web.links import url_for
from cycle_tracker.web.wording import count, date_name, day, due_wording, kind_label


@dataclass(frozen=True)
class StatusReport:
    """The whole report."""

    title: str
    place: str
    as_at: str
    summary: Sequence[str]
    sections: Sequence[ReportSection]
    seen_by: str


def status_report(status: PartnershipStatus) -> StatusReport:
    """The report that this person may read."""
    place, today = status.partnership, status.today
    sections = [documents_section(status)]
    if status.inside is not None:
        sections += [
            _past(status.inside, place.slug, today),
            _ahead(status.inside, place.slug, today),
            _escalations(status.inside, today),
            _decisions(status.inside),
            approvals_section(status.documents),
            gaps_section(status.documents),
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
    unrecorded = sum(one.state is DocumentState.NO_RECORD for one in status.documents)
    said = []
    if late:
        said.append(f"{count(late, 'plan or report is', 'plans and reports are')} past the guidance date.")
    elif not unrecorded:
        said.append("No plan or annual report is past its guidance date.")
    if unrecorded:
        said.append(f"{count(unrecorded, 'plan or report has', 'plans and reports have')} no record here yet.")
    inside = status.inside
    if inside is not None:
        said += [
            f"{count(inside.past_count, 'milestone is', 'milestones are')} overdue.",
            f"{count(inside.ahead_count, 'milestone is', 'milestones are')} due in the next {AHEAD.days} days.",
            f"{count(len(inside.escalations), 'escalation is', 'escalations are')} with the governance group.",
        ]
    return said


def _past(inside: InternalStatus, slug: str, today: date) -> ReportSection:
    return ReportSection(
        id="past",
        title="Overdue",
        columns=("Milestone", "Date", "Owner", "Reason"),
        rows=[
            [
                ReportCell(one.title, addresses.milestone(one.slug, one.key)),
                ReportCell(_past_date(one, today)),
                ReportCell(owner_words(one.owner, one.owner_active)),
                ReportCell(_why(inside.explanations.get(one.id))),
            ]
            for one in inside.past
        ],
        nothing="Nothing is overdue.",
        more=more_words(len(inside.past), inside.past_count),
        more_address=url_for("milestone_lists.show", slug=slug, overdue="yes"),
    )


def _past_date(milestone: ListedMilestone, today: date) -> str:
    """How long the due date has passed, and how much is recorded: `14 May 2026, 50 days past …. 3 of 4 recorded`."""
    name = date_name(milestone.date_basis, expected=milestone.expected_date)
    words = f"{day(milestone.due_on)}, {count(days_past(milestone.due_on, today), 'day')} past the {name}"
    return with_progress(words, milestone, Detail.EVERYTHING)


def _why(change: DateChange | None) -> str:
    return change.reason if change else "No explanation recorded"


def _ahead(inside: InternalStatus, slug: str, today: date) -> ReportSection:
    return ReportSection(
        id="ahead",
        title=f"Due in the next {AHEAD.days} days",
        columns=("Milestone", "Kind", "Date", "Owner"),
        rows=[
            [
                ReportCell(one.title, addresses.milestone(one.slug, one.key)),
                ReportCell(kind_label(one.kind)),
                ReportCell(with_progress(due_wording(one, today), one, Detail.EVERYTHING)),
                ReportCell(owner_words(one.owner, one.owner_active)),
            ]
            for one in inside.ahead
        ],
        nothing=f"Nothing is due in the next {AHEAD.days} days.",
        more=more_words(len(inside.ahead), inside.ahead_count),
        more_address=url_for(
            "milestone_lists.show", slug=slug, state="open", due_from=f"{today}", due_to=f"{today + AHEAD}"
        ),
    )


def _escalations(inside: InternalStatus, today: date) -> ReportSection:
    return ReportSection(
        id="escalations",
        title="With the governance group",
        columns=("Milestone", "Since", "Days waiting", "Status"),
        rows=[
            [
                _escalation_cell(one, inside),
                ReportCell(day(one.fell_due_on)),
                ReportCell(count(days_past(one.fell_due_on, today), "day")),
                ReportCell(f"Decided on {day(london_day(one.decided_at))}" if one.decided_at else "Decision needed"),
            ]
            for one in inside.escalations
        ],
        nothing="Nothing is with the governance group.",
    )


def _escalation_cell(escalation: Escalation, inside: InternalStatus) -> ReportCell:
    """Leads to the escalation, or for those who may not read it to its milestone."""
    if not inside.reads_escalations:
        return title_cell(escalation.milestone)
    return ReportCell(escalation.milestone.title, addresses.escalation(escalation.id))


def _decisions(inside: InternalStatus) -> ReportSection:
    return ReportSection(
        id="decisions",
        title="Recent decisions of the governance group",
        columns=("Milestone", "Decision", "Made"),
        rows=[
            [
                ReportCell(decision.escalation.milestone.title),
                ReportCell(line.what),
                ReportCell(". ".join(words for words in (line.made, line.meeting, line.when, line.disputed) if words)),
            ]
            for decision, line in zip(inside.decisions, decision_lines(inside.decisions), strict=True)
        ],
        nothing="No decisions recorded yet.",
    )
