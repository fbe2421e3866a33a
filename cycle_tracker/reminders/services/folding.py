"""After an outage: of the digests that wait for one reader, one mail.

While the mail server is away each working day adds a digest for whoever has something new. The newest takes over what
the older ones have, and these are withdrawn, saying so; of each milestone the mail then shows the latest notice alone.
It is done where digests are written, at the end of gathering, and not where they are sent: so never more than one
waits for anybody, however long the outage, and a sender that finds its server again has nothing to sort out first.

Only what no mail server can have is folded, for what it takes over goes out under another Message-ID. A message that
was handed over without an answer, or that a sender had in hand when it stopped, may have arrived: it keeps its mail,
so that a repeat can be recognised. One that was put off keeps its mail too and comes to its own end: folded anew each
morning, a mailbox that refuses everything would never be shown as one that failed. Both are known by their `trouble`.

A sender may claim a message at any moment. Folding takes only rows that it could lock in the state "queued", as a claim
does, so each message goes one of the two ways.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, bindparam, func, select, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.mail.services.claims import IS_QUEUED
from cycle_tracker.models.base import table_of
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.notice import Notice

FOLDED = "included in a later email"
# As the day that a message was rendered for: the sender, who compares it with today, writes its words anew.
FOR_NO_DAY = date.min
BATCH = 50

messages = table_of(Message)
notices = table_of(Notice)

_reader = (messages.c.addressee, messages.c.user_id, messages.c.contact_id)
_no_server_has_it = and_(
    IS_QUEUED, messages.c.kind == MessageKind.DIGEST, messages.c.trouble == "", messages.c.addressee.is_not(None)
)
_take_over = (
    update(notices)
    .where(notices.c.message_id == bindparam("older"), notices.c.ended_at.is_(None))
    .values(message_id=bindparam("newest"))
)
_withdraw = (
    update(messages)
    .where(messages.c.id == bindparam("older"))
    .values(state=MessageState.WITHDRAWN, ended_at=bindparam("now"), ended_why=FOLDED)
)
_render_anew = update(messages).where(messages.c.id == bindparam("newest")).values(rendered_on=FOR_NO_DAY)


def merge_unsent_digests(now: datetime, *, batch_size: int = BATCH) -> int:
    """Fold what waits for each reader into the newest mail; how many mails were withdrawn so. Commits each batch.

    Where there is nothing to fold it costs one statement over what is queued.
    """
    several = select(messages.c.addressee).where(_no_server_has_it).group_by(*_reader).having(func.count() > 1)
    addressees = sorted(set(db.session.scalars(several)))
    db.session.commit()
    return sum(_fold(addressees[first : first + batch_size], now) for first in range(0, len(addressees), batch_size))


def _fold(addressees: Sequence[str], now: datetime) -> int:
    """Fold the mails of a few addressees, those of each reader by themselves: a deputy may see less.
    Commits."""
    by_reader: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for message_id, *reader in db.session.execute(
        select(messages.c.id, *_reader)
        .where(_no_server_has_it, messages.c.addressee.in_(addressees))
        .order_by(messages.c.id)
        .with_for_update(skip_locked=True)
    ):
        by_reader[tuple(reader)].append(message_id)
    folds = [{"older": older, "newest": newest, "now": now} for *rest, newest in by_reader.values() for older in rest]
    if folds:
        connection = db.session.connection()
        for statement in (_take_over, _withdraw, _render_anew):
            connection.execute(statement, folds)
    db.session.commit()
    return len(folds)
