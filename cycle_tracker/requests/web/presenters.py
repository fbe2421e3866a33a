"""Requests for an update in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.requests.queries.request_lists import RequestSort
from cycle_tracker.requests.rules import RequestState
from cycle_tracker.requests.services import state_of
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Task, Tile
from cycle_tracker.web.sheets import Cell, Sheet
from cycle_tracker.web.wording import Status, count, day, moment

STATUSES = {
    RequestState.OVERDUE: Status("Reply overdue", "orange"),
    RequestState.WAITING: Status("Waiting for a reply", "blue"),
    RequestState.ANSWERED: Status("Answered", "green"),
    RequestState.SETTLED: Status("No longer needed", "grey"),
}
SHOWN_OF_AN_ANSWER = 200
COLUMNS = (
    "Partnership",
    "Document",
    "Asked on",
    "Asked by",
    "Reply by",
    "Status",
    "Answered on",
    "Answered by",
    "Answer",
)


@dataclass(frozen=True)
class UpdateRequestRow:
    """One request in a list."""

    partnership: str
    title: str
    address: str
    asked: str
    reply_by: str
    late: str
    status: Status
    answer: str


def lines(requests: Iterable[UpdateRequest], today: date) -> list[UpdateRequestRow]:
    """Requests in a list."""
    return [
        UpdateRequestRow(
            partnership=partnership_of(request),
            title=request.milestone.title,
            address=addresses.update_request(request.id),
            asked=f"{day(london_day(request.asked_at))}, by {request.asked_by.name}",
            reply_by=day(request.reply_by) if request.reply_by else "",
            late=late_words(request, today),
            status=STATUSES[state_of(request, today)],
            answer=_shortened(request.answer),
        )
        for request in requests
    ]


def columns(sort: RequestSort, address_of: Mapping[RequestSort, str]) -> list[object]:
    """The headings of the list; three of them sort it. `address_of` gives the address of each order."""
    return [
        _sorts("Partnership", RequestSort.PARTNERSHIP, sort, address_of, "ascending"),
        "Document",
        _sorts("Asked", RequestSort.ASKED, sort, address_of, "descending"),
        _sorts("Reply by", RequestSort.REPLY, sort, address_of, "ascending"),
        "Status",
        "Answer",
    ]


def tasks(requests: Iterable[UpdateRequest], today: date) -> list[Task]:
    """Requests as a list of things to do or to read, each leading to its page."""
    return [
        Task(
            title=f"{partnership_of(request)}: {request.milestone.title}",
            address=addresses.update_request(request.id),
            summary=_task_summary(request, today),
            status=STATUSES[state_of(request, today)].label,
            colour=STATUSES[state_of(request, today)].colour,
        )
        for request in requests
    ]


def tiles(numbers: Mapping[RequestState, int]) -> list[Tile]:
    """How many requests are in each state that someone needs to look at, each with its list."""
    shown = {RequestState.OVERDUE: "yellow", RequestState.WAITING: "blue", RequestState.ANSWERED: "green"}
    return [
        Tile(
            numbers[state],
            STATUSES[state].label,
            colour if numbers[state] else "grey",
            url_for("update_requests.index", state=state.value),
        )
        for state, colour in shown.items()
    ]


def sheet(requests: Iterable[UpdateRequest], today: date) -> Sheet:
    """The list as a file has it."""
    return Sheet(f"update-requests-{today.isoformat()}", COLUMNS, [_cells(request, today) for request in requests])


def partnership_of(request: UpdateRequest) -> str:
    """The name of the partnership that was asked."""
    partnership = request.milestone.partnership
    return partnership.name if partnership else "Scotland"


def answered_words(request: UpdateRequest) -> str:
    """Who answered and when; empty if no one did."""
    if request.answered_at is None:
        return ""
    name = request.answered_by.name if request.answered_by else "someone whose name we no longer keep"
    return f"{moment(request.answered_at)}, by {name}"


def _cells(request: UpdateRequest, today: date) -> list[Cell]:
    return [
        partnership_of(request),
        request.milestone.title,
        london_day(request.asked_at),
        request.asked_by.name,
        request.reply_by,
        STATUSES[state_of(request, today)].label,
        london_day(request.answered_at) if request.answered_at else None,
        request.answered_by.name if request.answered_by else "",
        request.answer,
    ]


def late_words(request: UpdateRequest, today: date) -> str:
    """How many days ago an answer was due; empty where none is overdue."""
    if state_of(request, today) is not RequestState.OVERDUE:
        return ""
    return f"{count(days_past(request.reply_by, today), 'day')} ago, no answer yet"


def _task_summary(request: UpdateRequest, today: date) -> str:
    if request.answered_at is not None:
        return f"Answered on {answered_words(request)}. {_shortened(request.answer)}"
    late = late_words(request, today)
    asked = f"Asked on {day(london_day(request.asked_at))} by {request.asked_by.name}. "
    return f"{asked}Reply by {day(request.reply_by)}{f', {late}' if late else ''}."


def _shortened(answer: str) -> str:
    return answer if len(answer) <= SHOWN_OF_AN_ANSWER else f"{answer[: SHOWN_OF_AN_ANSWER - 1].rstrip()}…"


def _sorts(
    label: str, this: RequestSort, sort: RequestSort, address_of: Mapping[RequestSort, str], way: str
) -> dict[str, object]:
    return {"label": label, "address": address_of[this], "sort": way if this is sort else None}
