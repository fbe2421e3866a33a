"""An official asks a partnership how a document stands: what is asked, until when, and where the question stands."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.deadlines import is_past
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.wording import count, day

SHORTEST_TEXT = 10
LONGEST_TEXT = 2000
MOST_AT_ONCE = 100
"""So many documents can be asked about at once: a page of the list is half of them."""

TIME_TO_REPLY = timedelta(days=14)
LONGEST_TIME_TO_REPLY = timedelta(days=366)

DEFAULT_TEXT = (
    "Please tell us how this stands and when you expect to publish it. If it is published already, record where, so "
    "that nobody has to ask again. If it needs more time, you can add an explanation with a new expected date."
)
"""What is asked unless the official writes something else."""


class RequestState(StrEnum):
    """Where a request for an update stands, worked out from facts and the day."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    SETTLED = "settled"
    """Nobody answered, and nobody needs to: the document was published, or is not required."""


UNANSWERED = frozenset({RequestState.WAITING, RequestState.OVERDUE})


def request_state(*, answered: bool, document_is_open: bool, reply_by: date | None, today: date) -> RequestState:
    """Where a request stands today. A reply is late from the day after the one by which it was asked for."""
    if answered:
        return RequestState.ANSWERED
    if not document_is_open:
        return RequestState.SETTLED
    return RequestState.OVERDUE if reply_by is not None and is_past(reply_by, today) else RequestState.WAITING


@dataclass(frozen=True)
class Asked:
    """What a request says of its document besides the official's own words. Nothing in it is not shared with officials.

    `target_on` is the guidance date, if there is one; `expected_on` the date of the explanation that was shared.
    """

    title: str
    partnership: str
    state: DocumentState
    target_on: date | None
    expected_on: date | None


def opening(asked: Asked, today: date) -> str:
    """How the document stands, with the day on which that is said: true still when the mail is read later."""
    first = f"Scottish Government asks how this stands: {asked.title}, {asked.partnership}."
    if asked.target_on is None:
        return f"{first} No guidance named a date for it, and it is not recorded here as published."
    if asked.state is DocumentState.NO_RECORD:
        return (
            f"{first} Its guidance date was {day(asked.target_on)}, before {asked.partnership} began to use this "
            "service, and there is no record of it here yet."
        )
    past = (today - asked.target_on).days
    if past <= 0:
        return f"{first} Its guidance date is {day(asked.target_on)}, and it is not recorded here as published."
    told = (
        f"{first} Its guidance date was {day(asked.target_on)}. On {day(today)} that is {count(past, 'day')} past, and "
        "it is not recorded here as published."
    )
    return f"{told} Its new expected date is {day(asked.expected_on)}." if asked.expected_on else told


def closing(reply_by: date) -> str:
    """By when a reply is asked for."""
    return f"Please reply by {day(reply_by)}."


def whole_text(asked: Asked, text: str, reply_by: date, today: date) -> str:
    """A request as it is sent: how the document stands, what the official asks, and by when."""
    return "\n\n".join((opening(asked, today), text, closing(reply_by)))


def default_reply_by(today: date) -> date:
    """Two weeks ahead, or the first working day after."""
    return SCOTLAND.on_or_after(today + TIME_TO_REPLY)


def ensure_can_be_asked(text: str, reply_by: date, today: date) -> None:
    """Raises RuleBroken, beside the field, for a text that asks nothing and for a day that gives no time to reply."""
    if not SHORTEST_TEXT <= len(text) <= LONGEST_TEXT:
        raise RuleBroken(f"The text must be {SHORTEST_TEXT} to {LONGEST_TEXT:,} characters.", field="text")
    if reply_by <= today:
        raise RuleBroken("The reply-by date must be in the future.", field="reply_by")
    if reply_by > today + LONGEST_TIME_TO_REPLY:
        raise RuleBroken("The reply-by date must be within a year.", field="reply_by")
