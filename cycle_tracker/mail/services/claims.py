"""Who has which messages in hand: claims by compare-and-set, under a lease by the real clock.

A claim is one row that a sender renews as it works. A message belongs to the sender while its `claim_id` names a claim
that is there; whoever finds a claim that has run out deletes it and so frees its messages. A sender that was paused
and wakes up finds its claim gone and sends nothing more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.jobs.services.processes import this_process
from cycle_tracker.models.base import table_of
from cycle_tracker.models.message import ACCOUNT_MAIL_IS_QUEUED, MailClaim, Message

messages = table_of(Message)
claims = table_of(MailClaim)

CUT_SHORT = "It may have arrived. A sender stopped while it was sending this email."


def _is_in_state(state: MessageState) -> ColumnElement[bool]:
    """As a literal: SQLite uses a partial index only where it reads the index's own condition in the statement."""
    return messages.c.state == bindparam(None, state, type_=messages.c.state.type, literal_execute=True)


IS_QUEUED = _is_in_state(MessageState.QUEUED)
IS_SENDING = _is_in_state(MessageState.SENDING)

_renew = (
    update(claims)
    .where(
        claims.c.id == bindparam("claim"),
        exists().where(
            messages.c.id == bindparam("message"),
            messages.c.claim_id == bindparam("claim"),
            messages.c.state == MessageState.SENDING,
        ),
    )
    .values(leased_until=bindparam("until"))
)


@dataclass(frozen=True)
class Claim:
    """A batch of messages that this process may send, as long as it holds the claim."""

    id: str
    message_ids: tuple[int, ...]


def claim_ready_messages(
    now: datetime, lease: timedelta, *, not_after: datetime, limit: int, only_for_accounts: bool = False
) -> Claim | None:
    """Take up to `limit` messages that are ready, those longest ready first; None where there are none. Commits.

    `not_after` is the start of the run: what it puts back is not taken again before the next. `only_for_accounts`
    leaves all but the mails about an account to others.
    """
    free_lost_claims(now)
    claim_id = uuid4().hex
    ready = (
        select(messages.c.id)
        .where(*_is_ready(not_after, only_for_accounts=only_for_accounts))
        .order_by(messages.c.ready_at, messages.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = tuple(db.session.scalars(ready))
    if taken:
        db.session.execute(insert(claims).values(id=claim_id, holder=this_process(), leased_until=now + lease))
        db.session.execute(
            update(messages).where(messages.c.id.in_(taken)).values(state=MessageState.SENDING, claim_id=claim_id)
        )
    db.session.commit()
    return Claim(claim_id, taken) if taken else None


def is_anything_ready(now: datetime, *, not_after: datetime, only_for_accounts: bool = False) -> bool:
    """True where `claim_ready_messages` would find a message. Writes only where a claim has run out, to free what it
    held, and commits that: a run that cannot reach the mail server then has written nothing. Ends the transaction."""
    ready = select(exists().where(*_is_ready(not_after, only_for_accounts=only_for_accounts)))
    if db.session.scalar(select(exists().where(claims.c.leased_until < now))):
        free_lost_claims(now)
        db.session.commit()
    found = bool(db.session.scalar(ready))
    db.session.rollback()
    return found


def count_ready_messages(now: datetime, *, only_for_accounts: bool = False) -> int:
    """How many messages are ready. Ends the transaction."""
    ready = _is_ready(now, only_for_accounts=only_for_accounts)
    count = db.session.scalar(select(func.count()).select_from(messages).where(*ready))
    db.session.rollback()
    return count or 0


def _is_ready(not_after: datetime, *, only_for_accounts: bool) -> tuple[ColumnElement[bool], ...]:
    queued = literal_column(ACCOUNT_MAIL_IS_QUEUED, Boolean) if only_for_accounts else IS_QUEUED
    return queued, messages.c.ready_at <= not_after


def free_lost_claims(now: datetime) -> None:
    """Delete the claims whose lease is over, and put what they held back in the queue, ready at once.

    The mails of a claim go out in order, and the result of each is recorded with the renewal for the next: so of those
    that a lost claim still holds only the first can have been with the server. That is noted on it.
    """
    lost = tuple(
        db.session.scalars(select(claims.c.id).where(claims.c.leased_until < now).with_for_update(skip_locked=True))
    )
    if not lost:
        return
    for claim_id in lost:
        held = select(messages.c.id).where(IS_SENDING, messages.c.claim_id == claim_id)
        in_hand = held.order_by(messages.c.ready_at, messages.c.id).limit(1).scalar_subquery()
        db.session.execute(update(messages).where(messages.c.id == in_hand).values(trouble=CUT_SHORT))
    db.session.execute(
        update(messages)
        .where(IS_SENDING, messages.c.claim_id.in_(lost))
        .values(state=MessageState.QUEUED, claim_id=None)
    )
    db.session.execute(delete(claims).where(claims.c.id.in_(lost)))


def renew_claim(connection: Connection, claim: Claim, message_id: int, *, now: datetime, lease: timedelta) -> bool:
    """True where the claim still stands and still holds this message; it then stands for a full lease more.

    Does not commit: it belongs in the transaction that records the result of the message before.
    """
    parameters = {"claim": claim.id, "message": message_id, "until": now + lease}
    return connection.execute(_renew, parameters).rowcount == 1


def release_claim(claim: Claim) -> None:
    """End the claim, and put back what was not tried, ready as it was. Commits."""
    db.session.execute(delete(claims).where(claims.c.id == claim.id))
    db.session.execute(
        update(messages)
        .where(messages.c.claim_id == claim.id, IS_SENDING)
        .values(state=MessageState.QUEUED, claim_id=None)
    )
    db.session.commit()


def count_in_other_hands() -> int:
    """Messages that another sender has claimed: not ready, and no failure."""
    statement = select(func.count()).select_from(messages).where(IS_SENDING)
    return db.session.execute(statement).scalar_one()
