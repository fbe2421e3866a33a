"""The emails about an account that wait, found by an index of their own: looked for every five seconds."""

from datetime import datetime

from sqlalchemy import select, text

from cycle_tracker.core.extensions import db
from cycle_tracker.models.message import ACCOUNT_MAIL_IS_QUEUED, Message, MessageKind


def is_one_ready(now: datetime) -> bool:
    """True where a sender has one to send."""
    statement = select(Message.id).where(text(ACCOUNT_MAIL_IS_QUEUED), Message.ready_at <= now).limit(1)
    return db.session.scalars(statement).first() is not None


def has_one_queued(user_id: int, kind: MessageKind) -> bool:
    """True where a person has one of this kind that has not been sent yet."""
    statement = select(Message.id).where(text(ACCOUNT_MAIL_IS_QUEUED), Message.user_id == user_id, Message.kind == kind)
    return db.session.scalars(statement.limit(1)).first() is not None
