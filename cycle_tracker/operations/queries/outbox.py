"""The outbox as a list: what was or will be sent to whom, in which state, and what each email is about."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership


@dataclass(frozen=True)
class NoticeTold:
    """One notice in an email. A national milestone has no partnership."""

    partnership: str | None
    key: str
    due_on: date
    step: str


@dataclass(frozen=True)
class MessageListed:
    """One message with what it tells."""

    id: int
    recipient: str
    subject: str
    state: MessageState
    attempts: int
    message_id: str
    trouble: str
    notices: tuple[NoticeTold, ...]


def list_messages(*, after: int = 0, limit: int) -> list[MessageListed]:
    """The next messages by number, with their notices, in two statements."""
    rows = db.session.execute(
        select(
            Message.id,
            Message.recipient,
            Message.subject,
            Message.state,
            Message.attempts,
            Message.message_id,
            Message.trouble,
        )
        .where(Message.id > after)
        .order_by(Message.id)
        .limit(limit)
    ).all()
    told = _notified([row.id for row in rows])
    return [MessageListed(**row._asdict(), notices=tuple(told[row.id])) for row in rows]


def count_messages_by_state() -> Sequence[tuple[MessageState, int]]:
    """How many messages there are in each state that any is in."""
    rows = db.session.execute(select(Message.state, func.count()).group_by(Message.state).order_by(Message.state))
    return [(state, count) for state, count in rows]


def _notified(message_ids: Collection[int]) -> dict[int, list[NoticeTold]]:
    """The notices of each message. Those that had ended when it was sent are not in it, and are left out."""
    ended_before_sent = (Message.state == MessageState.SENT) & (Notice.ended_at < Message.ended_at)
    rows = db.session.execute(
        select(Notice.message_id, Partnership.slug, Milestone.key, Notice.due_on, Notice.step)
        .join(Message, Message.id == Notice.message_id)
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(Notice.message_id.in_(message_ids), or_(Notice.ended_at.is_(None), ~ended_before_sent))
        .order_by(Notice.message_id, Notice.id)
    )
    told: dict[int, list[NoticeTold]] = defaultdict(list)
    for message_id, slug, key, due_on, step in rows:
        if message_id is not None:
            told[message_id].append(NoticeTold(slug, key, due_on, step))
    return told
