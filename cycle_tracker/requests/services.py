"""Asking partnerships how documents stand, and answering.

A request is drafted first: what it says and whom it goes to, for one document. What the official saw as a draft is
what is sent.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from flask import current_app
from sqlalchemy import select, update

from cycle_tracker.audit.services import audit
from cycle_tracker.core import addresses
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.audiences import addressee_of, audiences_for
from cycle_tracker.requests.queries.documents_to_ask import as_asked
from cycle_tracker.requests.queries.requests import newest_requests
from cycle_tracker.requests.rules import LONGEST_TEXT, RequestState, ensure_can_be_asked, request_state, whole_text


@dataclass(frozen=True)
class Draft:
    """One request as it would be sent: the whole text, to whom, and the last request about the same document.

    With nobody in `to` it is recorded all the same, for the page of the document.
    """

    document: Milestone
    text: str
    to: tuple[User, ...]
    last: UpdateRequest | None
    today: date
    lead_ids: frozenset[int] = frozenset()

    @property
    def was_asked_today(self) -> bool:
        """True where somebody asked about the document today already."""
        return self.last is not None and london_day(self.last.asked_at) == self.today


def draft_requests(documents: Sequence[Milestone], text: str, reply_by: date, today: date) -> list[Draft]:
    """A request about each of these open documents: to the planning leads of its partnership, and to its owner where
    that is somebody else. Raises RuleBroken for a text or a day that cannot be asked with.

    In a constant number of statements.
    """
    ensure_can_be_asked(text, reply_by, today)
    people, leads = _people_of(documents, today)
    last = newest_requests([document.id for document in documents])
    return [
        Draft(
            document,
            whole_text(asked, text, reply_by, today),
            people[document.id],
            last.get(document.id),
            today,
            leads[document.id],
        )
        for document, asked in zip(documents, as_asked(documents, today), strict=True)
    ]


def fingerprint(drafts: Iterable[Draft]) -> str:
    """What tells one set of drafts from another: their words, their people and what was asked before."""
    seen = [
        (draft.document.id, draft.text, [user.email for user in draft.to], draft.last.id if draft.last else 0)
        for draft in drafts
    ]
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def send_requests(drafts: Sequence[Draft], reply_by: date, *, by: User, now: datetime) -> list[UpdateRequest]:
    """Record a request for each draft, and put its mails into the outbox: one for each person, ready at once."""
    requests = [
        UpdateRequest(
            milestone_id=draft.document.id, asked_by_id=by.id, asked_at=now, text=draft.text, reply_by=reply_by
        )
        for draft in drafts
    ]
    db.session.add_all(requests)
    db.session.flush()
    for draft, request in zip(drafts, requests, strict=True):
        for person in draft.to:
            _queue_mail(request, draft, person, now=now)
        audit.record_milestone(
            draft.document,
            "update-asked",
            by=by,
            at=now,
            after={"request": request.id, "reply_by": reply_by, "mailed": [person.id for person in draft.to]},
        )
    db.session.flush()
    return requests


def find_same_request(drafts: Sequence[Draft], *, by: User) -> UpdateRequest | None:
    """The first of these requests as this person sent them today, where they sent every one: a button pressed twice."""
    sent = [
        draft.last
        for draft in drafts
        if draft.last and draft.was_asked_today and draft.last.asked_by_id == by.id and draft.last.text == draft.text
    ]
    return sent[0] if sent and len(sent) == len(drafts) else None


def answer_request(request: UpdateRequest, text: str, *, by: User, today: date, now: datetime) -> None:
    """Answer a request. Raises RuleBroken for an empty or endless answer or a request that needs none, and
    ChangedMeanwhile where somebody else has answered it."""
    if not 1 <= len(text.strip()) <= LONGEST_TEXT:
        raise RuleBroken(f"Your answer must be 1 to {LONGEST_TEXT:,} characters.", field="answer")
    state = state_of(request, today)
    if state is RequestState.SETTLED:
        raise RuleBroken("No answer is needed, because the document is published or not required.")
    taken = db.session.execute(
        update(UpdateRequest)
        .where(UpdateRequest.id == request.id, UpdateRequest.answered_at.is_(None))
        .values(answer=text.strip(), answered_by_id=by.id, answered_at=now)
        .returning(UpdateRequest.id)
    ).one_or_none()
    db.session.refresh(request)
    if taken is None:
        raise ChangedMeanwhile("Someone else answered this first.")
    audit.record_milestone(request.milestone, "update-answered", by=by, at=now, after={"request": request.id})
    db.session.flush()


def state_of(request: UpdateRequest, today: date) -> RequestState:
    """Where a request stands today."""
    return request_state(
        answered=request.answered_at is not None,
        document_is_open=request.milestone.is_open,
        reply_by=request.reply_by,
        today=today,
    )


def mail_words(document: Milestone, text: str, link: str, *, to_owner: bool = False) -> dict[str, str]:
    """Everything that the templates of the email show. `to_owner` is for an owner of the document who is no planning
    lead; the others are."""
    place = document.partnership.name if document.partnership else "Scotland"
    reason = "you own this document" if to_owner else f"you are a planning lead for {place}"
    return {"title": document.title, "partnership": place, "text": text, "link": link, "reason": reason}


def _queue_mail(request: UpdateRequest, draft: Draft, person: User, *, now: datetime) -> None:
    message = Message(
        identity=uuid4().hex,
        kind=MessageKind.UPDATE_REQUEST,
        recipient=person.email,
        user_id=person.id,
        milestone_id=draft.document.id,
        rendered_on=london_day(now),
    )
    link = current_app.config["SERVICE_URL"] + addresses.update_request(request.id)
    words = mail_words(draft.document, draft.text, link, to_owner=person.id not in draft.lead_ids)
    enqueue(message, template="requests/mail/update_request", now=now, **words)


def _people_of(
    documents: Sequence[Milestone], today: date
) -> tuple[dict[int, tuple[User, ...]], dict[int, frozenset[int]]]:
    """By document, its partnership's planning leads and its owner, each once; only those who may see it today. And by
    document, the ids of those who are its leads."""
    partnerships = {document.partnership_id for document in documents if document.partnership_id is not None}
    owners = {document.owner_id for document in documents if document.owner_id is not None}
    audiences = audiences_for(partnerships, owners, today)
    names: dict[int, list[str]] = {}
    leads_of: dict[int, Sequence[str]] = {}
    for document in documents:
        found = audiences.of(owner_id=document.owner_id, partnership_id=document.partnership_id, is_document=True)
        owner = addressee_of(document.owner_id) if document.owner_id is not None else ""
        leads = leads_of[document.id] = found[Audience.LEAD]
        names[document.id] = [*leads, *(one for one in found[Audience.OWNER] if one == owner and one not in leads)]
    users = _users_of({name for of_one in names.values() for name in of_one})
    return (
        {document_id: tuple(users[name] for name in of_one) for document_id, of_one in names.items()},
        {document_id: frozenset(users[name].id for name in of_one) for document_id, of_one in leads_of.items()},
    )


def _users_of(addressees: Iterable[str]) -> dict[str, User]:
    ids = [int(name.partition(":")[2]) for name in addressees]
    found = db.session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id))
    return {addressee_of(user.id): user for user in found}
