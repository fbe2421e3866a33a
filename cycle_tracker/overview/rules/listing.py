"""What a list of milestones can be narrowed to, how it is grouped by its dates, and how it is sorted."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cycle_tracker.core.deadlines import DueState
from cycle_tracker.core.kinds import Kind, Stage
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.core.periods import Period

# The owner asked for where a milestone is to have none.
NOBODY = 0


class ListedStates(StrEnum):
    """The states that a list shows: all that are open, or one."""

    OPEN = "open"
    NOT_STARTED = State.NOT_STARTED.value
    IN_PROGRESS = State.IN_PROGRESS.value
    DONE = State.DONE.value
    DROPPED = State.DROPPED.value
    NOT_REQUIRED = State.NOT_REQUIRED.value

    @property
    def states(self) -> frozenset[State]:
        """The states themselves."""
        return OPEN if self is ListedStates.OPEN else frozenset({State(self.value)})

    @property
    def label(self) -> str:
        """As it is chosen on a page."""
        return "Open" if self is ListedStates.OPEN else State(self.value).label


class DateGroup(StrEnum):
    """The groups of a person's list, the most urgent first."""

    PAST = "past"
    TODAY = "today"
    COMING = "coming"
    NO_DATE = "no-date"
    BEFORE_SERVICE = "before-service"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The heading of the group."""
        return {
            DateGroup.PAST: "Overdue",
            DateGroup.TODAY: "Due today",
            DateGroup.COMING: "Coming up",
            DateGroup.NO_DATE: "No date yet",
            DateGroup.BEFORE_SERVICE: "Before you joined",
            DateGroup.ENDED: "Done or closed",
        }[self]


# The group of each due state.
DATE_GROUPS = {
    DueState.OVERDUE: DateGroup.PAST,
    DueState.DUE_TODAY: DateGroup.TODAY,
    DueState.DUE_SOON: DateGroup.COMING,
    DueState.NOT_DUE: DateGroup.COMING,
    DueState.NO_DATE: DateGroup.NO_DATE,
    DueState.BEFORE_SERVICE: DateGroup.BEFORE_SERVICE,
    DueState.DONE: DateGroup.ENDED,
    DueState.DONE_LATE: DateGroup.ENDED,
    DueState.CLOSED: DateGroup.ENDED,
}


class ListOrder(StrEnum):
    """What a list can be sorted by."""

    DUE = "due"
    LATEST = "latest"
    TITLE = "title"
    OWNER = "owner"
    PARTNERSHIP = "partnership"


@dataclass(frozen=True)
class ListQuestion:
    """What a list is narrowed to. What is empty narrows nothing; `owner` may be NOBODY.

    `due_from` and `due_to` are the first and the last due date. `text` is looked for in titles and keys. `overdue`
    keeps what is open and past its date.
    """

    partnership: str = ""
    period: Period | None = None
    stage: Stage | None = None
    kind: Kind | None = None
    status: ListedStates | None = None
    when: DateGroup | None = None
    owner: int | None = None
    due_from: date | None = None
    due_to: date | None = None
    overdue: bool = False
    text: str = ""
