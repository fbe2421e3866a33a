"""One request in words: as it will be sent, and its page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.mail.services.mail_templates import mail_templates
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.requests.queries.requests import MailedTo
from cycle_tracker.requests.rules import UNANSWERED
from cycle_tracker.requests.services import Draft, mail_words, state_of
from cycle_tracker.requests.web.presenters import STATUSES, answered_words, late_words, partnership_of
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.wording import Status, day, moment

LINK_TO_COME = "(a link to this request)"


@dataclass(frozen=True)
class EmailPreview:
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


def previews(drafts: Iterable[Draft]) -> list[EmailPreview]:
    """Each request as it will be read, from the very templates of the mail."""
    found = []
    for draft in drafts:
        words = mail_words(draft.document, draft.text, LINK_TO_COME)
        found.append(
            EmailPreview(
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


def request_page(request: UpdateRequest, mailed: Sequence[MailedTo], viewer: Viewer, today: date) -> RequestPage:
    """The page of a request that the person may read."""
    milestone = request.milestone
    slug = milestone.partnership.slug if milestone.partnership else ""
    state = state_of(request, today)
    rows = [
        Row("Asked", f"{moment(request.asked_at)}, by {request.asked_by.name}"),
        Row("Reply by", ". ".join(part for part in (day(request.reply_by), late_words(request, today)) if part)),
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


def _asked_before(last: UpdateRequest | None) -> str:
    if last is None:
        return ""
    reply = f"Answered on {day(london_day(last.answered_at))}" if last.answered_at else "No answer yet"
    return f"Last asked on {moment(last.asked_at)}, by {last.asked_by.name}. {reply}."


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
