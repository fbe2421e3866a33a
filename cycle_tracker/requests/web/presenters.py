"""Requests for an update in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.mail.services.mail_templates import mail_templates
from cycle_tracker.models import UpdateRequest
from cycle_tracker.requests.queries import MailedTo, RequestSort
from cycle_tracker.requests.rules import UNANSWERED, RequestState
from cycle_tracker.requests.services import Draft, mail_words, state_of
from cycle_tracker.web.page_parts import Row, Task, Tile
from cycle_tracker.web.sheets import Cell, Sheet
from cycle_tracker.web.wording import Status, count, day, moment

STATUSES = {
    RequestState.OVERDUE: Status("Reply overdue", "orange"),
    RequestState.WAITING: Status("Waiting for a reply", "blue"),
    RequestState.ANSWERED: Status("Answered", "green"),
    RequestState.SETTLED: Status("No longer needed", "grey"),
}
LINK_TO_COME = "(a link to this request)"
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
class Preview:
    """One email as it will be read. `to` are the people it goes to, with their addresses; `asked_before` says when
    someone asked about the document last."""

    document_id: int
    title: str
    to: list[str]
    partnership: str
    subject: str
    text: str
    asked_before: str
    asked_today: bool


@dataclass(frozen=True)
class Line:
    """One request in a list."""

    partnership: str
    title: str
    address: str
    asked: str
    reply_by: str
    late: str
    status: Status
    answer: str


@dataclass(frozen=True)
class RequestPage:
    """The page of one request. `answer` is None while there is none."""

    title: str
    partnership: str
    status: Status
    rows: list[Row]
    text: str
    answer: str | None
    answered: str
    document_address: str
    proposal_address: str
    waits: bool


def previews(drafts: Iterable[Draft]) -> list[Preview]:
    """Each request as it will be read, from the very templates of the mail."""
    found = []
    for draft in drafts:
        words = mail_words(draft.document, draft.text, LINK_TO_COME)
        found.append(
            Preview(
                document_id=draft.document.id,
                title=f"{words['partnership']}: {words['title']}",
                to=[f"{person.name}, {person.email}" for person in draft.to],
                partnership=words["partnership"],
                subject=mail_templates().get_template("requests/mail/update_request.subject").render(words),
                text=mail_templates().get_template("requests/mail/update_request.txt").render(words),
                asked_before=_asked_before(draft.last),
                asked_today=draft.was_asked_today,
            )
        )
    return found


def lines(requests: Iterable[UpdateRequest], today: date) -> list[Line]:
    """Requests in a list."""
    return [
        Line(
            partnership=partnership_of(request),
            title=request.milestone.title,
            address=addresses.update_request(request.id),
            asked=f"{day(london_day(request.asked_at))}, by {request.asked_by.name}",
            reply_by=day(request.reply_by) if request.reply_by else "",
            late=_late(request, today),
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


def request_page(request: UpdateRequest, mailed: Sequence[MailedTo], viewer: Viewer, today: date) -> RequestPage:
    """The page of a request that the person may read."""
    milestone = request.milestone
    slug = milestone.partnership.slug if milestone.partnership else ""
    state = state_of(request, today)
    rows = [
        Row("Asked", f"{moment(request.asked_at)}, by {request.asked_by.name}"),
        Row("Reply by", ". ".join(part for part in (day(request.reply_by), _late(request, today)) if part)),
        Row("Emailed to", _mailed(mailed, partnership_of(request))),
    ]
    proposes = viewer.can(Permission.PROPOSE_DATES, milestone.partnership_id)
    return RequestPage(
        title=milestone.title,
        partnership=partnership_of(request),
        status=STATUSES[state],
        rows=rows,
        text=request.text,
        answer=request.answer if request.answered_at else None,
        answered=answered_words(request),
        document_address=addresses.milestone(slug, milestone.key),
        proposal_address=addresses.proposal(slug, milestone.key) if proposes else "",
        waits=state in UNANSWERED,
    )


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


def _asked_before(last: UpdateRequest | None) -> str:
    if last is None:
        return ""
    reply = f"Answered on {day(london_day(last.answered_at))}" if last.answered_at else "No answer yet"
    return f"Last asked on {moment(last.asked_at)}, by {last.asked_by.name}. {reply}."


def _late(request: UpdateRequest, today: date) -> str:
    if state_of(request, today) is not RequestState.OVERDUE:
        return ""
    return f"{count(days_past(request.reply_by, today), 'day')} ago, no answer yet"


def _task_summary(request: UpdateRequest, today: date) -> str:
    if request.answered_at is not None:
        return f"Answered on {answered_words(request)}. {_shortened(request.answer)}"
    late = _late(request, today)
    asked = f"Asked on {day(london_day(request.asked_at))} by {request.asked_by.name}. "
    return f"{asked}Reply by {day(request.reply_by)}{f', {late}' if late else ''}."


def _mailed(mailed: Sequence[MailedTo], partnership: str) -> str:
    if not mailed:
        return (
            f"No one, because {partnership} had no planning lead. The request is shown here and on the document’s page."
        )
    return "; ".join(f"{one.name}, {one.address} ({_became(one)})" for one in mailed)


def _became(mail: MailedTo) -> str:
    return {
        MessageState.QUEUED: "waiting to be sent",
        MessageState.SENDING: "being sent now",
        MessageState.SENT: "sent",
        MessageState.FAILED: f"could not be sent, {mail.trouble}",
        MessageState.WITHDRAWN: "not sent, because it was no longer needed or they no longer had access",
    }[mail.state]


def _shortened(answer: str) -> str:
    return answer if len(answer) <= SHOWN_OF_AN_ANSWER else f"{answer[: SHOWN_OF_AN_ANSWER - 1].rstrip()}…"


def _sorts(
    label: str, this: RequestSort, sort: RequestSort, address_of: Mapping[RequestSort, str], way: str
) -> dict[str, object]:
    return {"label": label, "address": address_of[this], "sort": way if this is sort else None}
