"""Before sending: which of the messages in hand say something that is no longer true, and setting that right.

A notice is no longer true once its milestone is finished or has another date, once whoever gets the mail may not see
it any more or wants no reminders before the day, or once what they were given belongs to somebody else; the words of
a mail hold for the day on which it was rendered. Only such messages are rendered again, with the same Message-ID, or
withdrawn where nothing is left. A request for an update names the day that its words hold for, so it is never
rendered again: it is withdrawn once its document is finished, or its person may not see it any more. A mail about an
account is withdrawn once its purpose has passed.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, not_, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from cycle_tracker.access.queries.scopes import IS_OPEN, may_be_seen_by
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models import (
    Contact,
    Ending,
    Message,
    MessageBody,
    MessageKind,
    Milestone,
    Notice,
    User,
    milestone_contacts,
)
from cycle_tracker.people.services.account_mails import withdraw_lapsed_mails
from cycle_tracker.reminders.queries.waiting import NoticeLine, notices_of_messages
from cycle_tracker.reminders.rules.reminders import ASSIGNED, BEFORE
from cycle_tracker.reminders.services.digest_words import Reader, render_digest
from cycle_tracker.reminders.services.digests import SWITCHED_OFF

FINISHED = "it was done or closed before the email was sent"
MOVED = "its date changed before the email was sent"
GIVEN_AWAY = "it has a new owner"
NOT_ALLOWED = "the person can no longer see it"
NOT_ASKED = "the contact is no longer asked about it"
NOTHING_LEFT = "nothing in it was still true when it was due to be sent"
BEFORE_THE_DAY = f"{BEFORE}%"


def refresh_messages(message_ids: Sequence[int], today: date, now: datetime) -> set[int]:
    """Bring these messages up to date for today; the numbers of those that were withdrawn. Commits."""
    withdrawn = _withdraw_requests(message_ids, today, now) | withdraw_lapsed_mails(message_ids, now)
    untrue = _untrue_notices(message_ids, today)
    if not untrue.keys() and not _rendered_before(message_ids, today):
        db.session.commit()
        return withdrawn
    _withdraw_notices({notice_id: why for notices in untrue.values() for notice_id, why in notices.items()}, today, now)
    stale = set(untrue) | _rendered_before(message_ids, today)
    left = notices_of_messages(stale)
    readers = _readers_of(stale)
    for message in db.session.scalars(
        select(Message)
        .where(Message.id.in_(stale), Message.kind == MessageKind.DIGEST, Message.state == MessageState.SENDING)
        .order_by(Message.id)
        .with_for_update()  # a sender that slept may come here when another has sent these already
    ):
        if left.get(message.id):
            _render_again(message, left[message.id], readers[message.id], today, now)
        else:
            message.state, message.ended_at, message.claim_id = MessageState.WITHDRAWN, now, None
            message.ended_why = NOTHING_LEFT
            withdrawn.add(message.id)
    db.session.commit()
    db.session.expunge_all()
    return withdrawn


def _withdraw_requests(message_ids: Sequence[int], today: date, now: datetime) -> set[int]:
    """Withdraw the requests for an update that need no answer any more or that their person may not see; their
    numbers. One statement."""
    is_finished = exists().where(Milestone.id == Message.milestone_id, ~IS_OPEN)
    untrue = (
        select(Message.id)
        .join(Milestone, Milestone.id == Message.milestone_id)
        .where(
            Message.id.in_(message_ids),
            Message.kind == MessageKind.UPDATE_REQUEST,
            or_(~IS_OPEN, not_(may_be_seen_by(Message.user_id, today))),
        )
    )
    return set(
        db.session.scalars(
            update(Message)
            .where(Message.id.in_(untrue.scalar_subquery()), Message.state == MessageState.SENDING)
            .values(
                state=MessageState.WITHDRAWN,
                ended_at=now,
                ended_why=case((is_finished, FINISHED), else_=NOT_ALLOWED),
                claim_id=None,
            )
            .returning(Message.id)
            .execution_options(synchronize_session=False)
        )
    )


def _untrue_notices(message_ids: Sequence[int], today: date) -> dict[int, dict[int, str]]:
    """The notices of these messages that no longer hold, by message, each with why. One statement."""
    finished = ~IS_OPEN
    moved = or_(Milestone.due_on.is_(None), Milestone.due_on != Notice.due_on)
    given_away = and_(Notice.step == ASSIGNED, Milestone.owner_id.is_distinct_from(Notice.user_id))
    ended = Notice.ended_at.is_not(None)
    is_before = Notice.step.like(BEFORE_THE_DAY)
    off = and_(is_before, or_(_switched_off(User, Notice.user_id), _switched_off(Contact, Notice.contact_id)))
    not_asked = and_(Notice.contact_id.is_not(None), not_(_is_asked()))
    not_allowed = and_(Notice.contact_id.is_(None), not_(may_be_seen_by(Message.user_id, today)))
    rows = db.session.execute(
        select(
            Notice.message_id,
            Notice.id,
            case(
                (finished, FINISHED),
                (given_away, GIVEN_AWAY),
                (or_(moved, ended), MOVED),
                (off, SWITCHED_OFF),
                (not_asked, NOT_ASKED),
                else_=NOT_ALLOWED,
            ),
        )
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .join(Message, Message.id == Notice.message_id)
        .where(
            Notice.message_id.in_(message_ids),
            or_(finished, moved, given_away, ended, off, not_asked, not_allowed),
        )
        .order_by(Notice.id)
    )
    untrue: dict[int, dict[int, str]] = {}
    for message_id, notice_id, why in rows:
        if message_id is not None:
            untrue.setdefault(message_id, {})[notice_id] = why
    return untrue


def _switched_off(who: type[User | Contact], number: Any) -> ColumnElement[bool]:
    """True where a notice is for somebody who wants no reminders before the day."""
    return exists().where(who.id == number, who.reminds_before.is_(False))


def _is_asked() -> ColumnElement[bool]:
    """True where a contact is asked about the milestone of a notice still."""
    return exists().where(
        milestone_contacts.c.milestone_id == Notice.milestone_id,
        milestone_contacts.c.contact_id == Notice.contact_id,
        Contact.id == Notice.contact_id,
        Contact.active,
    )


def _rendered_before(message_ids: Sequence[int], today: date) -> set[int]:
    """The messages whose words were written for another day."""
    return set(db.session.scalars(select(Message.id).where(Message.id.in_(message_ids), Message.rendered_on != today)))


def _withdraw_notices(untrue: dict[int, str], today: date, now: datetime) -> None:
    """End the notices, saying why. Where a person may no longer see the milestone, the next run asks who may."""
    for why in sorted(set(untrue.values())):
        ids = [notice_id for notice_id, reason in untrue.items() if reason == why]
        db.session.execute(
            update(Notice)
            .where(Notice.id.in_(ids), Notice.ended_at.is_(None))
            .values(ended_at=now, ending=Ending.WITHDRAWN, ended_why=why)
            .execution_options(synchronize_session=False)
        )
        if why == NOT_ALLOWED:
            db.session.execute(
                update(Milestone)
                .where(Milestone.id.in_(select(Notice.milestone_id).where(Notice.id.in_(ids))))
                .values(next_notice_on=today)
                .execution_options(synchronize_session=False)
            )


def _readers_of(message_ids: Collection[int]) -> dict[int, Reader]:
    """Who gets each of these messages, and for whom, where that is another."""
    person, away = aliased(User), aliased(User)
    for_another = (Notice.message_id == Message.id) & (Notice.user_id != Message.user_id) & Notice.ended_at.is_(None)
    rows = db.session.execute(
        select(
            Message.id,
            Message.recipient,
            Message.user_id,
            Message.contact_id,
            func.coalesce(person.name, Contact.name).label("name"),
            away.name.label("stands_in_for"),
        )
        .outerjoin(person, person.id == Message.user_id)
        .outerjoin(Contact, Contact.id == Message.contact_id)
        .outerjoin(Notice, for_another)
        .outerjoin(away, away.id == Notice.user_id)
        .where(Message.id.in_(message_ids))
        .distinct()
    )
    return {
        row.id: Reader(
            row.name,
            row.recipient,
            user_id=row.user_id,
            contact_id=row.contact_id,
            stands_in_for=row.stands_in_for or "",
        )
        for row in rows
    }


def _render_again(message: Message, lines: list[NoticeLine], reader: Reader, today: date, now: datetime) -> None:
    rendered = render_digest(message, lines, reader, today=today, now=now)
    message.rendered_on = today
    db.session.execute(
        update(MessageBody)
        .where(MessageBody.message_id == message.id)
        .values(content=rendered.content, key=rendered.key)
    )
