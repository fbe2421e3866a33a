"""An official asks a partnership for an update on a document: what is asked, until when, and its status."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.deadlines import is_past
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.wording import count, date_name, day

SHORTEST_TEXT = 10
LONGEST_TEXT = 2000
# So many documents can be asked about at once: a page of the list is half of them.
MOST_AT_ONCE = 100

TIME_TO_REPLY = timedelta(days=14)
LONGEST_TIME_TO_REPLY = timedelta(days=366)

NOT_IN_LAW = "This is a guidance date, not a legal deadline."
# What is asked unless the official writes something else.
DEFAULT_TEXT = (
    "Please tell us when you expect to publish this. If it is already published, record the link. If you need more "
    "time, add an explanation and a new expected date."
)


class RequestState(StrEnum):
    """The status of an update request, worked out from facts and the day."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    # No one answered, and no one needs to: the document was published, or is not required.
    SETTLED = "settled"


UNANSWERED = frozenset({RequestState.WAITING, RequestState.OVERDUE})


def request_state(*, answered: bool, document_is_open: bool, reply_by: date | None, today: date) -> RequestState:
    """The status of a request today. A reply is late from the day after the one by which it was asked for."""
    if answered:
        return RequestState.ANSWERED
    if not document_is_open:
        return RequestState.SETTLED
    return RequestState.OVERDUE if reply_by is not None and is_past(reply_by, today) else RequestState.WAITING


@dataclass(frozen=True)
class RequestSubject:
    """What a request says of its document besides the official's own words. Nothing in it is not shared with officials.

    `target_on` is the first date, if there is one, and `date_basis` what it is based on; `expected_on` the date of the
    explanation that was shared; `joined` says that the partnership uses this service, `own_start` that the first date
    is the own start of a late-started plan.
    """

    title: str
    partnership: str
    state: DocumentState
    target_on: date | None
    expected_on: date | None
    date_basis: Basis = Basis.GUIDANCE
    joined: bool = True
    own_start: bool = False


def opening(asked: RequestSubject, today: date) -> str:
    """The status of the document, with the day on which that is said: still true when the email is read later."""
    name = "plan’s own start" if asked.own_start else date_name(asked.date_basis)
    first = f"The Scottish Government would like an update on “{asked.title}”, {asked.partnership}."
    no_record = "We have no record that it has been published."
    if asked.target_on is None:
        return f"{first} The guidance does not give a date for it. {no_record}"
    if asked.state is DocumentState.NO_RECORD and not asked.joined:
        return f"{first} The {name} was {day(asked.target_on)}. {no_record}"
    if asked.state is DocumentState.NO_RECORD:
        return (
            f"{first} The {name} was {day(asked.target_on)}, before {asked.partnership} started to use this "
            f"service. {no_record}"
        )
    not_in_law = f" {NOT_IN_LAW}" if asked.date_basis is Basis.GUIDANCE else ""
    expected = f" The new expected date is {day(asked.expected_on)}." if asked.expected_on else ""
    past = (today - asked.target_on).days
    if past <= 0:
        return f"{first} The {name} is {day(asked.target_on)}.{not_in_law} {no_record}{expected}"
    passed = f"{count(past, 'day')} before {day(today)}"
    return f"{first} The {name} was {day(asked.target_on)} ({passed}).{not_in_law} {no_record}{expected}"


def closing(reply_by: date) -> str:
    """By when a reply is asked for."""
    return f"Please reply by {day(reply_by)}."


def whole_text(asked: RequestSubject, text: str, reply_by: date, today: date) -> str:
    """A request as it is sent: the status of the document, what the official asks, and by when."""
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
