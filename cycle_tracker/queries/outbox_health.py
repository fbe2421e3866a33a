"""What waits to be sent, what could not be, and who could not be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from cycle_tracker.domain.delivery import MessageState
from cycle_tracker.extensions import db
from cycle_tracker.models import Message, Milestone, Notice, Partnership

LISTED_AT_MOST = 50


@dataclass(frozen=True)
class Waiting:
    """How many messages wait for a sender or are with one, and since when the oldest does."""

    count: int
    oldest: datetime | None


def messages_waiting() -> Waiting:
    """The messages that are on their way out."""
    counted = [
        db.session.execute(select(func.count(), func.min(Message.queued_at)).where(_in_state(state))).one()
        for state in (MessageState.QUEUED, MessageState.SENDING)
    ]
    return Waiting(
        count=sum(number for number, _oldest in counted),
        oldest=min((oldest for _number, oldest in counted if oldest), default=None),
    )


def count_failed() -> int:
    """How many messages were given up."""
    return db.session.scalar(select(func.count()).where(_in_state(MessageState.FAILED))) or 0


def list_failed() -> Sequence[Any]:
    """The messages given up last: recipient, subject, attempts, trouble and ended_at."""
    return db.session.execute(
        select(Message.recipient, Message.subject, Message.attempts, Message.trouble, Message.ended_at)
        .where(_in_state(MessageState.FAILED))
        .order_by(Message.id.desc())
        .limit(LISTED_AT_MOST)
    ).all()


def count_unreachable() -> int:
    """How many notices that still count reached nobody."""
    return db.session.scalar(select(func.count()).where(Notice.unreachable, Notice.ended_at.is_(None))) or 0


def list_unreachable() -> Sequence[Any]:
    """The latest notices that reached nobody: title, key, slug, partnership, step, audience and queued_on."""
    return db.session.execute(
        select(
            Milestone.title,
            Milestone.key,
            Partnership.slug,
            Partnership.name.label("partnership"),
            Notice.step,
            Notice.audience,
            Notice.queued_on,
        )
        .join(Notice.milestone)
        .outerjoin(Milestone.partnership)
        .where(Notice.unreachable, Notice.ended_at.is_(None))
        .order_by(Notice.queued_on.desc(), Notice.id.desc())
        .limit(LISTED_AT_MOST)
    ).all()


def list_undecided(day: date) -> Sequence[Any]:
    """The milestones that a sweep for this day came to and left where they were, or that were changed since: title,
    key, slug and partnership. The sweep moves the bookmark of every other one past the day."""
    return db.session.execute(
        select(Milestone.title, Milestone.key, Partnership.slug, Partnership.name.label("partnership"))
        .outerjoin(Milestone.partnership)
        .where(Milestone.next_notice_on <= day)
        .order_by(Milestone.next_notice_on, Milestone.id)
        .limit(LISTED_AT_MOST)
    ).all()


def _in_state(state: MessageState) -> Any:
    # As a literal: SQLite uses a partial index only where it can read the index's own condition in the statement.
    return Message.state == bindparam(None, state, type_=Message.state.type, literal_execute=True)
