"""Who has which messages in hand: claims by compare-and-set, under a lease by the real clock.

A claim is one row that a sender renews as it works. A message belongs to the sender while its `claim_id` names a claim
that is there; whoever finds a claim that has run out deletes it and so frees its messages. A sender that was paused
and wakes up finds its claim gone and sends nothing more.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, text, update

from cycle_tracker.domain.delivery import MessageState
from cycle_tracker.extensions import db
from cycle_tracker.models import MailClaim, Message
from cycle_tracker.models.base import table_of
from cycle_tracker.models.message import ACCOUNT_MAIL_IS_QUEUED

messages = table_of(Message)
claims = table_of(MailClaim)

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
        .where(
            text(ACCOUNT_MAIL_IS_QUEUED) if only_for_accounts else messages.c.state == MessageState.QUEUED,
            messages.c.ready_at <= not_after,
        )
        .order_by(messages.c.ready_at, messages.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = tuple(db.session.scalars(ready))
    if taken:
        db.session.execute(insert(claims).values(id=claim_id, holder=_holder(), leased_until=now + lease))
        db.session.execute(
            update(messages).where(messages.c.id.in_(taken)).values(state=MessageState.SENDING, claim_id=claim_id)
        )
    db.session.commit()
    return Claim(claim_id, taken) if taken else None


def free_lost_claims(now: datetime) -> None:
    """Delete the claims whose lease is over, and put what they held back in the queue, ready at once."""
    lost = tuple(
        db.session.scalars(select(claims.c.id).where(claims.c.leased_until < now).with_for_update(skip_locked=True))
    )
    if not lost:
        return
    db.session.execute(
        update(messages)
        .where(messages.c.state == MessageState.SENDING, messages.c.claim_id.in_(lost))
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
    """Put back what was not tried, ready as it was, and end the claim. Commits."""
    db.session.execute(
        update(messages)
        .where(messages.c.claim_id == claim.id, messages.c.state == MessageState.SENDING)
        .values(state=MessageState.QUEUED, claim_id=None)
    )
    db.session.execute(delete(claims).where(claims.c.id == claim.id))
    db.session.commit()


def count_in_other_hands() -> int:
    """Messages that another sender has claimed: not ready, and no failure."""
    statement = select(func.count()).select_from(messages).where(messages.c.state == MessageState.SENDING)
    return db.session.execute(statement).scalar_one()


def _holder() -> str:
    """Who holds a claim, for people who look; nothing is decided by it."""
    return f"{socket.gethostname()[:80]} process {os.getpid()}"
