"""What waits to be sent, what could not be sent, and who could not be notified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, bindparam, exists, func, or_, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models.base import UtcDateTime
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership

LISTED_AT_MOST = 50


def _in_state(state: MessageState) -> ColumnElement[bool]:
    # As a literal: SQLite uses a partial index only where it can read the index's own condition in the statement.
    return Message.state == bindparam(None, state, type_=Message.state.type, literal_execute=True)


_since, _now = bindparam("since", type_=UtcDateTime), bindparam("now", type_=UtcDateTime)
_is_no_account_mail = Message.kind.not_in([kind for kind in MessageKind if kind.is_for_an_account])


def _none_is_sent(*of: ColumnElement[bool]) -> ColumnElement[bool]:
    return ~exists().where(_in_state(MessageState.SENT), Message.ended_at >= _since, *of)


def _one_is_ready(*of: ColumnElement[bool]) -> ColumnElement[bool]:
    was_ready = or_(Message.ready_at <= _since, Message.attempts == 0, bindparam("runs_fail", type_=Boolean))
    is_ready = and_(Message.ready_at <= _now, Message.queued_at <= _since, was_ready, *of)
    return or_(*(exists().where(_in_state(state), is_ready) for state in (MessageState.QUEUED, MessageState.SENDING)))


def _one_failed_by_itself() -> ColumnElement[bool]:
    """One that no server refused: such a message says why it ended."""
    return exists().where(_in_state(MessageState.FAILED), Message.ended_at >= _since, Message.ended_why != "")


# What was sent is asked first: it answers for most of the day, and the second question is then not asked.
_mail_is_held_up = select(
    or_(
        and_(_none_is_sent(), or_(_one_is_ready(), _one_failed_by_itself())),
        and_(_none_is_sent(_is_no_account_mail), _one_is_ready(_is_no_account_mail)),
    )
)

_failed_and_unreachable = select(
    select(func.count(Message.id)).where(_in_state(MessageState.FAILED)).scalar_subquery(),
    select(func.count(Notice.id)).where(Notice.unreachable, Notice.ended_at.is_(None)).scalar_subquery(),
)


@dataclass(frozen=True)
class WaitingMails:
    """How many messages wait for a sender or are with one, and since when the oldest does."""

    count: int
    oldest: datetime | None


def messages_waiting() -> WaitingMails:
    """The messages that are on their way out."""
    counted = [
        db.session.execute(select(func.count(), func.min(Message.queued_at)).where(_in_state(state))).one()
        for state in (MessageState.QUEUED, MessageState.SENDING)
    ]
    return WaitingMails(
        count=sum(number for number, _oldest in counted),
        oldest=min((oldest for _number, oldest in counted if oldest), default=None),
    )


def is_mail_held_up(since: datetime, now: datetime, *, runs_fail: bool) -> bool:
    """Whether a message is ready and has been since then, with a sender or without, and none was sent meanwhile.

    Emails about an account have a job of their own: where only they go out, the others are delayed. Where messages fail
    by themselves and none is sent, none is left that is ready; that counts as well.

    `ready_at` alone does not say since when a message is ready: each time that the server hangs up on it, it goes back
    to the queue with a new one. One that no server has answered yet has been ready since it was queued. One that a
    server put off is ready from its next try on; but that moves too where all runs of the sender have failed since then
    (`runs_fail`), and it counts as soon as it is ready.
    """
    return bool(db.session.scalar(_mail_is_held_up, {"since": since, "now": now, "runs_fail": runs_fail}))


def count_failed_and_unreachable() -> tuple[int, int]:
    """How many messages were given up, and how many notices that still count reached no one. One statement."""
    failed, unreachable = db.session.execute(_failed_and_unreachable).one()
    return failed, unreachable


def list_failed() -> Sequence[Any]:
    """The messages given up last: recipient, subject, attempts, trouble and ended_at."""
    return db.session.execute(
        select(Message.recipient, Message.subject, Message.attempts, Message.trouble, Message.ended_at)
        .where(_in_state(MessageState.FAILED))
        .order_by(Message.id.desc())
        .limit(LISTED_AT_MOST)
    ).all()


def list_unreachable() -> Sequence[Any]:
    """The latest notices that reached no one: title, key, slug, partnership, step, audience and queued_on."""
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
    """The milestones that a sweep for this day reached and left where they were, or that were changed since: title,
    key, slug and partnership. The sweep moves the bookmark of every other one past the day."""
    return db.session.execute(
        select(Milestone.title, Milestone.key, Partnership.slug, Partnership.name.label("partnership"))
        .outerjoin(Milestone.partnership)
        .where(Milestone.next_notice_on <= day)
        .order_by(Milestone.next_notice_on, Milestone.id)
        .limit(LISTED_AT_MOST)
    ).all()
