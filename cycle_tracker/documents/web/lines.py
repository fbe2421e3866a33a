"""Milestones as the rows of a list and as the rows of a file, with no more of each than the person may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core import addresses
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.lifecycle import OPEN
from cycle_tracker.documents.queries.document_facts import facts_of, published_and_notified
from cycle_tracker.documents.queries.explanations import shared_explanations
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.documents.rules.facts import progress
from cycle_tracker.milestones.web.details import Dates, Detail, dates_for, detail_for
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.sheets import Cell
from cycle_tracker.web.ticks import tick_of
from cycle_tracker.web.wording import (
    Status,
    date_basis_wording,
    date_name,
    document_status,
    due_wording,
    duty_wording,
    kind_label,
    milestone_status,
    stage_label,
)


@dataclass(frozen=True)
class MilestoneRow:
    """One milestone of a list for one person. What they may not see is empty, `status` None."""

    milestone: Milestone
    detail: Detail
    dates: Dates
    tick: str
    title: str
    address: str
    partnership: str
    period: str
    kind: str
    stage: str
    status: Status | None
    due: str
    basis: str
    owner: str

    @property
    def label(self) -> str:
        """The state in words; empty where the person sees none."""
        return self.status.label if self.status else ""


def lines(milestones: Sequence[Milestone], viewer: Viewer, today: date) -> list[MilestoneRow]:
    """Milestones as the person may see them; in two statements, however many there are."""
    documents = [one for one in milestones if one.is_document]
    publications = published_and_notified(documents)
    explanations = shared_explanations(documents)

    def line(milestone: Milestone) -> MilestoneRow:
        detail = detail_for(viewer, milestone)
        dates = dates_for(detail, milestone, explanations)
        in_full = detail is not Detail.DATES
        return MilestoneRow(
            milestone=milestone,
            detail=detail,
            dates=dates,
            tick=str(tick_of(milestone)),
            title=milestone.title,
            address=addresses.milestone(milestone.partnership.slug, milestone.key) if milestone.partnership else "",
            partnership=milestone.partnership.name if milestone.partnership else "",
            period=milestone.cycle.period.label if milestone.cycle else "",
            kind=kind_label(milestone.kind) if in_full else "",
            stage=stage_label(milestone.stage),
            status=status(milestone, dates) if in_full else None,
            due=with_progress(due_wording(dates, today), milestone, detail),
            basis=date_basis_wording(milestone) if in_full else "",
            owner=owner_wording(milestone) if detail is Detail.EVERYTHING else "",
        )

    def status(milestone: Milestone, dates: Dates) -> Status:
        if not milestone.is_document:
            return milestone_status(dates, today, milestone.partnership.notify_from if milestone.partnership else None)
        publication, notified = publications.get(milestone.id, (None, False))
        facts = facts_of(milestone, publication, explanations.get(milestone.id), notified=notified)
        return document_status(document_state(facts, today))

    return [line(one) for one in milestones]


def with_progress(words: str, milestone: Milestone, detail: Detail) -> str:
    """The words about a date, and how much of the fact that completes an open step is recorded: `3 of 4 recorded`."""
    found = progress(milestone.fact, milestone.fact_count, milestone.fact_total)
    if not found or not milestone.is_open or detail is not Detail.EVERYTHING:
        return words
    return f"{words}. {found} recorded"


def owner_wording(milestone: Milestone) -> str:
    """Who owns it, and that they have left if their account is switched off."""
    if milestone.owner is None:
        return "No owner"
    return milestone.owner.name if milestone.owner.active else f"{milestone.owner.name} (has left)"


FULL_COLUMNS = (
    "Partnership",
    "Title",
    "Key",
    "Plan period",
    "Stage",
    "Kind",
    "Status",
    "Due date",
    "Days overdue",
    "Type of date",
    "Date based on",
    "Original date",
    "Done on",
    "Owner",
    "Lead organisation",
    "Duty based on",
)
DOCUMENT_COLUMNS = (
    "Partnership",
    "Title",
    "Key",
    "Plan period",
    "Stage",
    "Kind",
    "Status",
    "Due date",
    "Days overdue",
    "Type of date",
    "Date based on",
    "Guidance date",
    "Published on",
    "Duty based on",
)
DATES_COLUMNS = ("Partnership", "Title", "Plan period", "Opens on", "Original date", "Due date", "Done on")

# The columns of a file, by how much its reader sees of all its rows.
COLUMNS = {Detail.EVERYTHING: FULL_COLUMNS, Detail.DOCUMENT: DOCUMENT_COLUMNS, Detail.DATES: DATES_COLUMNS}


def file_rows(found: Iterable[MilestoneRow], detail: Detail, today: date) -> list[Sequence[Cell]]:
    """The rows of a file with the columns of this detail. A row of which its reader sees less has empty cells."""
    return [_file_row(line, detail, today) for line in found]


def _file_row(line: MilestoneRow, detail: Detail, today: date) -> Sequence[Cell]:
    milestone, dates = line.milestone, line.dates
    if detail is Detail.DATES:
        return (
            line.partnership,
            line.title,
            line.period,
            dates.opens_on,
            dates.target_on,
            dates.due_on,
            dates.done_on,
        )
    in_full = line.detail is not Detail.DATES
    past = days_past(dates.due_on, today) if dates.state in OPEN else 0
    row: list[Cell] = [
        line.partnership,
        line.title,
        milestone.key,
        line.period,
        line.stage,
        line.kind,
        line.label,
        dates.due_on,
        past or None,
        date_name(dates.date_basis, expected=dates.expected_date).capitalize() if in_full else "",
        line.basis,
        dates.target_on,
        dates.done_on,
    ]
    if detail is Detail.EVERYTHING:
        lead = milestone.lead_organisation.name if milestone.lead_organisation else ""
        row += [line.owner, lead if line.detail is Detail.EVERYTHING else ""]
    row.append(duty_wording(milestone) if in_full else "")
    return row
