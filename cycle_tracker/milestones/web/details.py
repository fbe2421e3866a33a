"""How much of a milestone a person sees, and its dates as they may know them."""

from collections.abc import Container
from datetime import date
from enum import Enum, auto
from typing import NamedTuple, Protocol

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.web.wording import Dated


class Seen(Protocol):
    """What decides how much of a milestone somebody sees: the object, or a row of its columns."""

    @property
    def partnership_id(self) -> int | None: ...
    @property
    def is_document(self) -> bool: ...


class HasDates(Dated, Protocol):
    """A milestone with its dates: the object, or a row of its columns."""

    @property
    def id(self) -> int: ...
    @property
    def opens_on(self) -> date | None: ...
    @property
    def measured_on(self) -> date | None: ...


class Detail(Enum):
    """How much of one milestone a person sees."""

    EVERYTHING = auto()
    """What the people of its partnership and auditors see."""
    DOCUMENT = auto()
    """What officials see: the document, its dates and the explanations that were shared."""
    DATES = auto()
    """What administrators see: title and dates."""


class Dates(NamedTuple):
    """The dates of a milestone as one person may know them. `target_on` is the day from which it is measured: of a
    late-started plan its own start."""

    kind: Kind
    state: State
    date_basis: Basis
    opens_on: date | None
    target_on: date | None
    due_on: date | None
    expected_date: bool
    done_on: date | None


def detail_for(viewer: Viewer, milestone: Seen) -> Detail:
    """How much of a milestone that they may see at all a person sees."""
    if viewer.can(Permission.READ_PARTNERSHIP, milestone.partnership_id):
        return Detail.EVERYTHING
    if milestone.is_document and viewer.can(Permission.READ_DOCUMENTS, milestone.partnership_id):
        return Detail.DOCUMENT
    return Detail.DATES


def dates_for(detail: Detail, milestone: HasDates, explained: Container[int]) -> Dates:
    """The dates that go with this much detail. A new expected date goes with its explanation: who may not read the
    one does not see the other. `explained` are the milestones with an explanation that was shared."""
    expected_date, due_on = milestone.expected_date, milestone.due_on
    if expected_date and detail is Detail.DOCUMENT and milestone.id not in explained:
        expected_date, due_on = False, milestone.measured_on
    return Dates(
        milestone.kind,
        milestone.state,
        milestone.date_basis,
        milestone.opens_on,
        milestone.measured_on,
        due_on,
        expected_date,
        milestone.done_on,
    )
