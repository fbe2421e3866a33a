"""How much of a milestone a person sees, and its dates as they may know them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone


class Detail(Enum):
    """How much of one milestone a person sees."""

    EVERYTHING = auto()
    """What the people of its partnership and auditors see."""
    DOCUMENT = auto()
    """What officials see: the document, its dates and the explanations that were shared."""
    DATES = auto()
    """What administrators see: title and dates."""


@dataclass(frozen=True)
class Dates:
    """The dates of a milestone as one person may know them."""

    kind: Kind
    state: State
    date_basis: Basis
    opens_on: date | None
    target_on: date | None
    due_on: date | None
    expected_date: bool
    done_on: date | None


def detail_for(viewer: Viewer, milestone: Milestone) -> Detail:
    """How much of a milestone that they may see at all a person sees."""
    if viewer.can(Permission.READ_PARTNERSHIP, milestone.partnership_id):
        return Detail.EVERYTHING
    if milestone.is_document and viewer.can(Permission.READ_DOCUMENTS, milestone.partnership_id):
        return Detail.DOCUMENT
    return Detail.DATES


def dates_for(detail: Detail, milestone: Milestone, shared: Mapping[int, DateChange]) -> Dates:
    """The dates that go with this much detail. A new expected date goes with its explanation: who may not read the
    one does not see the other."""
    explanation = shared.get(milestone.id)
    expected_date, due_on = milestone.expected_date, milestone.due_on
    if detail is Detail.DOCUMENT and expected_date and explanation is None:
        expected_date, due_on = False, milestone.target_on
    return Dates(
        kind=milestone.kind,
        state=milestone.state,
        date_basis=milestone.date_basis,
        opens_on=milestone.opens_on,
        target_on=milestone.target_on,
        due_on=due_on,
        expected_date=expected_date,
        done_on=milestone.done_on,
    )
