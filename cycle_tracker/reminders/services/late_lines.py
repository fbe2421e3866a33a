"""What each digest lists as late beside its notices, kept as it was rendered, so that the sender can hold it true."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import delete, insert, not_, or_, select

from cycle_tracker.access.queries.scopes import IS_OPEN, may_be_seen_by
from cycle_tracker.core.extensions import db
from cycle_tracker.models.base import table_of
from cycle_tracker.models.message import Message, MessageLine
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.reminders.queries.around import waits_now
from cycle_tracker.reminders.queries.late_lines import LateList

lines = table_of(MessageLine)
_insert, _delete = insert(lines), delete(lines)


def keep_late_lines(lists: Iterable[tuple[int, LateList]]) -> None:
    """Store what these messages, by their numbers, list; one statement, or none where they list nothing."""
    rows = [
        {
            "message_id": message_id,
            "milestone_id": line.milestone_id,
            "owner_id": line.owner_id,
            "due_on": line.due_on,
        }
        for message_id, late in lists
        for line in late.lines
    ]
    if rows:
        db.session.connection().execute(_insert, rows)


def let_go_of_late_lines(message_ids: Collection[int]) -> None:
    """Take away what these messages listed: they are rendered again, or withdrawn."""
    db.session.connection().execute(_delete.where(lines.c.message_id.in_(message_ids)))


def messages_with_untrue_lines(message_ids: Sequence[int], today: date) -> set[int]:
    """The messages that list something that is no longer late, or no longer their reader's to see or to do: it was
    finished, it has another date or another owner, it waits for another, or the reader may not see it any more. One
    statement."""
    untrue = or_(
        ~IS_OPEN,
        Milestone.due_on.is_distinct_from(MessageLine.due_on),
        Milestone.owner_id.is_distinct_from(MessageLine.owner_id),
        waits_now(),
        not_(may_be_seen_by(Message.user_id, today)),
    )
    return set(
        db.session.scalars(
            select(MessageLine.message_id)
            .join(Milestone, Milestone.id == MessageLine.milestone_id)
            .join(Message, Message.id == MessageLine.message_id)
            .where(MessageLine.message_id.in_(message_ids), untrue)
            .distinct()
        )
    )
