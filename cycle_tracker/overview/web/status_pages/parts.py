"""What the sections of the report of a status are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from cycle_tracker.core import addresses
from cycle_tracker.models.milestone import Milestone


@dataclass(frozen=True)
class ReportCell:
    """One cell of a table: its words, where they lead, and the colour of a state."""

    text: str
    address: str = ""
    colour: str = ""


@dataclass(frozen=True)
class ReportSection:
    """One part of the report: a table, or what is said where it has no rows; `more` tells what is left out."""

    id: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[ReportCell]]
    nothing: str
    more: str = ""
    more_address: str = ""


def title_cell(milestone: Milestone) -> ReportCell:
    """The title of a milestone, which leads to its page."""
    slug = milestone.partnership.slug if milestone.partnership else ""
    return ReportCell(milestone.title, addresses.milestone(slug, milestone.key))


def more_words(shown: int, number: int) -> str:
    """How many of them are shown, where that is not all."""
    return f"Showing the first {shown} of {number:,}." if number > shown else ""
