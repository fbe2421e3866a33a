"""Milestones as the rows of a list and as the rows of a file, with no more of each than the person may see."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core import addresses
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.kinds import Fact
from cycle_tracker.core.lifecycle import OPEN
from cycle_tracker.core.periods import Period
from cycle_tracker.documents.queries.document_facts import known_documents
from cycle_tracker.documents.queries.listed import ListedMilestone
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


class MilestoneRow(NamedTuple):
    """One milestone of a list for one person. What they may not see is empty, `status` None."""

    milestone: ListedMilestone
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
    published_on: date | None = None

    @property
    def label(self) -> str:
        """The state in words; empty where the person sees none."""
        return self.status.label if self.status else ""


def lines(milestones: Sequence[ListedMilestone], viewer: Viewer, today: date) -> list[MilestoneRow]:
    """Milestones as the person may see them; in one statement, however many documents are among them."""
    documents = known_documents([one.id for one in milestones if one.is_document])
    explained = {number for number, one in documents.items() if one.is_explained}
    detail_of = _details(viewer)

    def line(milestone: ListedMilestone) -> MilestoneRow:
        detail = detail_of(milestone)
        dates = dates_for(detail, milestone, explained)
        in_full = detail is not Detail.DATES
        return MilestoneRow(
            milestone,
            detail,
            dates,
            tick=tick_of(milestone.id, milestone.version),
            title=milestone.title,
            address=addresses.milestone(milestone.slug, milestone.key),
            partnership=milestone.partnership,
            period=_period_label(milestone.period_start) if milestone.period_start else "",
            kind=kind_label(milestone.kind) if in_full else "",
            stage=stage_label(milestone.stage),
            status=status(milestone, dates) if in_full else None,
            due=with_progress(due_wording(dates, today), milestone, detail),
            basis=date_basis_wording(milestone) if in_full else "",
            owner=owner_words(milestone.owner, milestone.owner_active) if detail is Detail.EVERYTHING else "",
            published_on=documents[milestone.id].published_on if in_full and milestone.id in documents else None,
        )

    def status(milestone: ListedMilestone, dates: Dates) -> Status:
        if milestone.id in documents:
            return document_status(document_state(documents[milestone.id].facts, today))
        return milestone_status(dates, today, milestone.notify_from)

    return [line(one) for one in milestones]


def _details(viewer: Viewer) -> Callable[[ListedMilestone], Detail]:
    """How much the person sees of a milestone: worked out once for each partnership, and once for its documents."""
    known: dict[tuple[int, bool], Detail] = {}

    def detail_of(milestone: ListedMilestone) -> Detail:
        key = (milestone.partnership_id, milestone.is_document)
        if key not in known:
            known[key] = detail_for(viewer, milestone)
        return known[key]

    return detail_of


@lru_cache(100)
def _period_label(start: date) -> str:
    return Period(start).label


class WithFact(Protocol):
    """A milestone, or what of it a list has, with the fact that completes it."""

    @property
    def fact(self) -> Fact | None: ...
    @property
    def fact_count(self) -> int | None: ...
    @property
    def fact_total(self) -> int | None: ...
    @property
    def is_open(self) -> bool: ...


def with_progress(words: str, milestone: WithFact, detail: Detail) -> str:
    """The words about a date, and how much of the fact that completes an open step is recorded: `3 of 4 recorded`."""
    found = progress(milestone.fact, milestone.fact_count, milestone.fact_total)
    if not found or not milestone.is_open or detail is not Detail.EVERYTHING:
        return words
    return f"{words}. {found} recorded"


def owner_wording(milestone: Milestone) -> str:
    """Who owns it, and that they have left if their account is switched off."""
    return owner_words(milestone.owner.name, milestone.owner.active) if milestone.owner else owner_words(None)


def owner_words(name: str | None, active: bool | None = None) -> str:
    """The same, from the owner's columns."""
    if name is None:
        return "No owner"
    return name if active else f"{name} (has left)"


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
        line.published_on if detail is Detail.DOCUMENT else dates.done_on,
    ]
    if detail is Detail.EVERYTHING:
        row += [line.owner, (milestone.lead_organisation or "") if line.detail is Detail.EVERYTHING else ""]
    row.append(duty_wording(milestone) if in_full else "")
    return row
