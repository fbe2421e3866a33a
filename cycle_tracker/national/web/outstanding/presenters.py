"""The list of outstanding documents in words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from markupsafe import Markup

from cycle_tracker.core.document_states import OUTSTANDING_AFTER_DAYS, DocumentState
from cycle_tracker.core.kinds import Cause
from cycle_tracker.documents.queries.documents import Document
from cycle_tracker.national.web.outstanding.forms import STATES, OutstandingFilters, Sort
from cycle_tracker.national.web.outstanding.rows import rows_of_table
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Tile
from cycle_tracker.web.sheets import Cell, Sheet
from cycle_tracker.web.wording import document_status

INTROS = {
    DocumentState.OUTSTANDING: (
        f"More than {OUTSTANDING_AFTER_DAYS} days past the guidance date with no explanation, or past the new expected "
        "date."
    ),
    DocumentState.EXPLAINED: "Past the guidance date, with a reason and a new expected date.",
    DocumentState.PAST_GUIDANCE_DATE: (
        f"Past the guidance date by {OUTSTANDING_AFTER_DAYS} days or fewer, with no explanation."
    ),
    DocumentState.INTERIM: "A one-year or interim plan is published, and covers today. Not counted as late.",
    DocumentState.PREPARED_NOT_PUBLISHED: (
        "Plans that every lead body has agreed. They must be sent and published as soon as reasonably practicable."
    ),
    DocumentState.PUBLISHED_COPY_NOT_SENT: (
        "Published plans. We have no record that Scottish Ministers were sent a copy."
    ),
    DocumentState.NO_RECORD: (
        "Due before the partnership joined this service, and not recorded as published. Not counted as late."
    ),
    DocumentState.NOT_REQUIRED: "An official marked these as not required and gave a reason. Not counted as late.",
}

PLACES = {state: place for place, state in enumerate(STATES)}

# The heading of the column of boxes.
BOXES = {"label": "Ask for an update", "hidden": True}

# What a file of the list holds.
COLUMNS = (
    "Status",
    "Partnership",
    "Document",
    "Plan period",
    "Guidance date",
    "Own start",
    "Interim plan until",
    "Days past",
    "Days after year end",
    "Published on",
    "New expected date",
    "Explanation",
    "Escalated on",
    "Escalated to the Scottish Government escalation group on",
)

FEWEST_COUNTED = 5
"""Of fewer than this a national total gives no number: behind it somebody could see one partnership."""


@dataclass(frozen=True)
class StateGroup:
    """The documents of one state that stand on this page."""

    state: DocumentState
    title: str
    intro: str
    documents: tuple[Document, ...]

    @property
    def columns(self) -> list[str]:
        """What the table of this state shows besides partnership, document and dates."""
        if self.state is DocumentState.PUBLISHED_COPY_NOT_SENT:
            return ["Published"]
        if self.state in {DocumentState.PREPARED_NOT_PUBLISHED, DocumentState.INTERIM}:
            return []
        if self.state is DocumentState.NOT_REQUIRED:
            return ["Reason"]
        return [] if self.state is DocumentState.NO_RECORD else ["Explanation"]

    @property
    def can_be_asked_about(self) -> bool:
        """True where officials may ask how these documents stand: what is published or not required needs no asking."""
        return self.state not in {
            DocumentState.PREPARED_NOT_PUBLISHED,
            DocumentState.PUBLISHED_COPY_NOT_SENT,
            DocumentState.NOT_REQUIRED,
        }


def in_order(
    documents: Iterable[Document], state: DocumentState | None = None, sort: Sort | None = None
) -> list[Document]:
    """The documents of the chosen state or of all, by state, then as the list is sorted."""
    chosen = [one for one in documents if one.state in PLACES and state in (None, one.state)]
    if sort is Sort.PARTNERSHIP:
        return sorted(chosen, key=lambda one: (PLACES[one.state], one.partnership_name, one.target_on))
    return sorted(chosen, key=lambda one: (PLACES[one.state], -one.days_past, one.partnership_name))


def grouped(documents: Sequence[Document]) -> list[StateGroup]:
    """Documents that are in order, under their states."""
    return [
        StateGroup(state, document_status(state).label, INTROS[state], tuple(group))
        for state, group in groupby(documents, key=lambda one: one.state)
    ]


def table_rows(group: StateGroup, *, with_boxes: bool) -> Markup:
    """The rows of the table of one state. With boxes, they can be ticked."""
    return rows_of_table(group.documents, tuple(group.columns), asks=with_boxes and group.can_be_asked_about)


def tiles(documents: Iterable[Document], filters: OutstandingFilters | None = None) -> list[Tile]:
    """How many documents are in each state, each with the list of that state alone, filtered as it is."""
    kept = filters.in_address() if filters else {}
    numbers = Counter(one.state for one in documents)
    return [
        Tile(
            numbers[state],
            document_status(state).label,
            "grey" if not numbers[state] else _tile_colour(state),
            url_for("outstanding.show", **{**kept, "state": state.value}),
        )
        for state in STATES
    ]


def columns(group: StateGroup, filters: OutstandingFilters, *, with_boxes: bool) -> list[Any]:
    """The headings of the table of one state; two of them sort the list. With boxes, rows can be ticked."""
    by_partnership = filters.sort.value is Sort.PARTNERSHIP
    return [
        *([BOXES] if with_boxes and group.can_be_asked_about else []),
        {
            "label": "Partnership",
            "address": url_for("outstanding.show", **filters.in_address(sort=Sort.PARTNERSHIP.value)),
            "sort": "ascending" if by_partnership else None,
        },
        "Document",
        "Guidance date",
        {
            "label": "Days past",
            "address": url_for("outstanding.show", **filters.in_address(sort="")),
            "sort": None if by_partnership else "descending",
            "number": True,
        },
        {"label": "Days after year end", "number": True},
        *group.columns,
    ]


def sheet(documents: Iterable[Document], today: date) -> Sheet:
    """Documents that are in order, as a file has them."""
    return Sheet(f"outstanding-{today.isoformat()}", COLUMNS, [_cells(one) for one in documents])


def _cells(document: Document) -> list[Cell]:
    is_measured = not document.published or document.published_on is not None
    return [
        document_status(document.state).label,
        document.partnership_name,
        document.title,
        document.period.label if document.period else "",
        document.target_on,
        document.own_start_on,
        document.interim_until,
        document.days_past if is_measured else None,
        document.lag if is_measured else None,
        document.published_on,
        document.expected_on,
        document.explanation,
        document.escalated_on,
        document.raised_on,
    ]


def _tile_colour(state: DocumentState) -> str:
    return {
        DocumentState.OUTSTANDING: "red",
        DocumentState.EXPLAINED: "yellow",
        DocumentState.PAST_GUIDANCE_DATE: "yellow",
        DocumentState.PREPARED_NOT_PUBLISHED: "blue",
        DocumentState.PUBLISHED_COPY_NOT_SENT: "blue",
    }.get(state, "grey")


def counts_in_words(documents: Sequence[Document]) -> str:
    """The numbers in one sentence: `7 outstanding; 2 explained.`"""
    numbers = Counter(one.state for one in documents)
    parts = [f"{numbers[state]:,} {document_status(state).label.lower()}" for state in STATES if numbers[state]]
    return f"{'; '.join(parts)}." if parts else ""


def totals(causes: Iterable[tuple[Cause, int]]) -> list[tuple[str, str]]:
    """The main reasons with their national totals in words: the number, or that it is fewer than five."""
    return [(cause.label, str(number) if number >= FEWEST_COUNTED else "Fewer than five") for cause, number in causes]
