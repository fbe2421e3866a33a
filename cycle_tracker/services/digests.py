"""Gathering: one mail for each person from the notices that wait for them, rendered and stored in one transaction.

A person gets one digest a London day, however often the job runs. What is wanted at once (the date of a document, a
decision) goes at the next run all the same; everything else that comes after the day's digest waits for the next.
Nothing is added to a message once it is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from flask import current_app
from sqlalchemy import bindparam, select, update

from cycle_tracker.domain.digests import Preference, belongs_in_digest, digest_day
from cycle_tracker.extensions import db
from cycle_tracker.models import Message, MessageKind, Notice, User
from cycle_tracker.models.base import table_of
from cycle_tracker.queries.waiting import NoticeLine, people_with_waiting_notices, waiting_notices
from cycle_tracker.services.digest_words import digest_words
from cycle_tracker.services.outgoing import render_message, store_messages

BATCH = 50

notices = table_of(Notice)
_bind = update(notices).where(notices.c.id == bindparam("notice")).values(message_id=bindparam("message"))


@dataclass
class Gathered:
    """What a run of gathering did, in numbers."""

    messages: int = 0
    notices: int = 0


@dataclass(frozen=True)
class _Digest:
    """One mail, not yet stored, and the notices that it tells."""

    message: Message
    content: bytes
    notice_ids: list[int]


def gather_waiting_notices(today: date, now: datetime, *, batch_size: int = BATCH) -> Gathered:
    """Write the mails that today calls for. Commits each batch of people."""
    gathered = Gathered()
    last = 0
    while user_ids := people_with_waiting_notices(after=last, limit=batch_size):
        last = user_ids[-1]
        waiting = waiting_notices(user_ids)
        had_digest = _people_with_digest(user_ids, today)
        people = {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(user_ids)))}
        digests = [
            digest
            for user_id, lines in waiting.items()
            if (digest := _compose(people[user_id], lines, today, now, had_digest=user_id in had_digest))
        ]
        _store(digests, now)
        gathered.messages += len(digests)
        gathered.notices += sum(len(digest.notice_ids) for digest in digests)
        db.session.commit()
        db.session.expunge_all()
    return gathered


def digest_of_today(lines: Iterable[NoticeLine], preference: Preference, today: date) -> list[NoticeLine]:
    """What today's digest holds: all that waits and is wanted, once the day of any of it has come; else nothing."""
    wanted = [line for line in lines if belongs_in_digest(preference, past_its_date=line.due_on < today)]
    return wanted if any(digest_day(preference, line.queued_on) <= today for line in wanted) else []


def _compose(person: User, lines: list[NoticeLine], today: date, now: datetime, *, had_digest: bool) -> _Digest | None:
    """The mail that a person gets today, with all that waits about each milestone in it; None where there is none."""
    digest = [] if had_digest else digest_of_today(lines, person.preference, today)
    in_digest = {line.notice_id for line in digest}
    chosen = [line for line in lines if line.at_once or line.notice_id in in_digest]
    if not chosen:
        return None
    message = Message(
        identity=uuid4().hex,
        kind=MessageKind.DIGEST,
        recipient=person.email,
        user_id=person.id,
        digest_on=today if digest else None,
        rendered_on=today,
    )
    words = digest_words(chosen, today, name=person.name, service_url=current_app.config["SERVICE_URL"])
    content = render_message(message, template="digest", now=now, **words)
    shown = {line.milestone_id for line in chosen}
    return _Digest(message, content, [line.notice_id for line in lines if line.milestone_id in shown])


def _store(digests: list[_Digest], now: datetime) -> None:
    """Add the mails to the outbox and bind their notices to them, in a few statements for all."""
    store_messages([(digest.message, digest.content) for digest in digests], now=now)
    bound = [
        {"notice": notice_id, "message": digest.message.id} for digest in digests for notice_id in digest.notice_ids
    ]
    if bound:
        db.session.connection().execute(_bind, bound)


def _people_with_digest(user_ids: Iterable[int], today: date) -> set[int]:
    return {
        user_id
        for user_id in db.session.scalars(
            select(Message.user_id).where(Message.user_id.in_(user_ids), Message.digest_on == today)
        )
        if user_id is not None
    }
