"""The words that every page uses for dates, states and bases. Templates and presenters both get them from here."""

from datetime import date, datetime
from typing import NamedTuple, Protocol

from cycle_tracker.core.clock import london_time
from cycle_tracker.core.deadlines import ALWAYS, DueState, days_past, due_state
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Basis, Kind, Stage
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.core.wording import IN_LAW_OR_GUIDANCE, UNKNOWN_DAY, bases, basis_words
from cycle_tracker.core.wording import count as count
from cycle_tracker.core.wording import date_name as date_name
from cycle_tracker.core.wording import day as day


class Dated(Protocol):
    """What the words about a date need to know of a milestone: the object, or a row of its columns."""

    @property
    def kind(self) -> Kind: ...
    @property
    def state(self) -> State: ...
    @property
    def date_basis(self) -> Basis: ...
    @property
    def target_on(self) -> date | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def expected_date(self) -> bool: ...
    @property
    def done_on(self) -> date | None: ...


class Based(Protocol):
    """What the words about duty and date need to know of a milestone."""

    @property
    def duty_basis(self) -> Basis: ...
    @property
    def duty_citation(self) -> str: ...
    @property
    def date_basis(self) -> Basis: ...
    @property
    def date_citation(self) -> str: ...


class Status(NamedTuple):
    """A status in words, and the colour of its tag. The words say everything; the colour helps."""

    label: str
    colour: str


NO_DATE = "No date yet"

DUE_STATUSES = {
    DueState.DONE: Status("Done", "green"),
    DueState.DONE_LATE: Status("Done after due date", "green"),
    DueState.BEFORE_SERVICE: Status("Before you joined", "grey"),
    DueState.DUE_TODAY: Status("Due today", "yellow"),
    DueState.DUE_SOON: Status("Due soon", "yellow"),
}
"""The tag of a milestone, where its date alone says it."""

DOCUMENT_STATUSES = {
    DocumentState.NOT_OPEN: Status("Not due yet", "grey"),
    DocumentState.OPEN: Status("Open", "blue"),
    DocumentState.PAST_GUIDANCE_DATE: Status("Past guidance date", "orange"),
    DocumentState.EXPLAINED: Status("Explained", "yellow"),
    DocumentState.OUTSTANDING: Status("Outstanding", "red"),
    DocumentState.NO_RECORD: Status("No record here yet", "grey"),
    DocumentState.INTERIM: Status("Interim plan", "yellow"),
    DocumentState.PREPARED_NOT_PUBLISHED: Status("Prepared, not published", "teal"),
    DocumentState.PUBLISHED_COPY_NOT_SENT: Status("Published, copy not sent", "teal"),
    DocumentState.COMPLETE: Status("Complete", "green"),
    DocumentState.NOT_REQUIRED: Status("Not required", "grey"),
}

STAGE_LABELS = {Stage.ANALYSE: "Analyse", Stage.PLAN: "Plan", Stage.DO: "Do", Stage.REVIEW: "Review"}

KIND_LABELS = {
    Kind.STEP: "Step",
    Kind.PLAN: "Plan",
    Kind.ANNUAL_REPORT: "Annual report",
    Kind.CONSULTATION: "Consultation",
    Kind.REVIEW: "Review",
    Kind.ACTION: "Action",
    Kind.REQUEST: "Request",
    Kind.ALIGNED_REPORT: "Aligned report",
    Kind.SUB_TASK: "Sub-task",
}


def moment(value: datetime | None) -> str:
    """An instant as London clocks show it: `30 June 2026 at 07:15`."""
    return f"{day(london_time(value).date())} at {london_time(value):%H:%M}" if value else UNKNOWN_DAY


def due_wording(milestone: Dated, today: date) -> str:
    """The due date, and how far off it is: `30 June 2026, 3 days past the guidance date`.

    A new expected date never hides how long the guidance date has passed.
    """
    if milestone.state is State.DONE:
        return f"Done on {day(milestone.done_on)}" if milestone.done_on else "Done, date not known"
    if milestone.due_on is None:
        return NO_DATE
    if milestone.state not in OPEN:
        return day(milestone.due_on)
    if milestone.expected_date:
        return _expected(milestone, milestone.due_on, today)
    return f"{day(milestone.due_on)}, {_distance(milestone.due_on, today, date_name(milestone.date_basis))}"


def past_wording(milestone: Dated, today: date) -> str:
    """How long the first date has passed: `3 days past the guidance date`; empty where it has not."""
    passed = days_past(milestone.target_on or milestone.due_on, today)
    return f"{count(passed, 'day')} past the {date_name(milestone.date_basis)}" if passed else ""


def lag_wording(days: int | None, *, published: bool) -> str:
    """How long a report took, from the 31 March that it reports on."""
    if days is None:
        return ""
    return f"{count(days, 'day')} after 31 March" if published else f"{count(days, 'day')} since 31 March"


def milestone_status(milestone: Dated, today: date, notify_from: date | None = ALWAYS) -> Status:
    """The tag of a milestone, from what people decided and how far off its date is."""
    state = due_state(milestone.due_on, milestone.state, milestone.done_on, today, notify_from=notify_from)
    if state is DueState.OVERDUE:
        return Status(_past_label(milestone), "red")
    if state in DUE_STATUSES:
        return DUE_STATUSES[state]
    return Status(milestone.state.label, "blue" if milestone.state is State.IN_PROGRESS else "grey")


def document_status(state: DocumentState) -> Status:
    """The tag of a plan or an annual report, in the officials' words."""
    return DOCUMENT_STATUSES[state]


def document_state_label(state: DocumentState) -> str:
    """The officials' word for the status of a document."""
    return DOCUMENT_STATUSES[state].label


def bases_wording(milestone: Based) -> str:
    """What the duty and the date are based on in law or guidance, kept apart; empty if there is neither."""
    return bases(milestone.duty_basis, milestone.duty_citation, milestone.date_basis, milestone.date_citation)


def duty_wording(milestone: Based) -> str:
    """What the duty is based on: `2014 Act, section 13 (statute)`, `not a legal duty`."""
    if milestone.duty_basis in IN_LAW_OR_GUIDANCE:
        return basis_words(milestone.duty_basis, milestone.duty_citation)
    return f"not a legal duty ({milestone.duty_citation or milestone.duty_basis.value})"


def date_basis_wording(milestone: Based) -> str:
    """What the date is based on."""
    return basis_words(milestone.date_basis, milestone.date_citation)


def stage_label(stage: Stage | None) -> str:
    """A stage of the cycle in words."""
    return STAGE_LABELS[stage] if stage else ""


def kind_label(kind: Kind) -> str:
    """What a milestone is, in words."""
    return KIND_LABELS[kind]


def _expected(milestone: Dated, expected_on: date, today: date) -> str:
    said = f"New expected date {day(expected_on)}"
    if expected_on < today:
        said += f", {count(days_past(expected_on, today), 'day')} ago"
    past = past_wording(milestone, today)
    return f"{said}; {past} of {day(milestone.target_on)}" if past and milestone.target_on else said


def _distance(due_on: date, today: date, name: str) -> str:
    ahead = (due_on - today).days
    if ahead < 0:
        return f"{count(-ahead, 'day')} past the {name}"
    return {0: "today", 1: "tomorrow"}.get(ahead, f"in {count(ahead, 'day')}")


def _past_label(milestone: Dated) -> str:
    if milestone.expected_date:
        return "Past expected date"
    return "Past guidance date" if milestone.date_basis is Basis.GUIDANCE else "Overdue"
