"""The record of one email, with the notices in it and what it listed beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission, Viewer, may_see
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Kind
from cycle_tracker.core.wording import listed
from cycle_tracker.models.message import Message, MessageLine
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.reminders.queries.notices import NOTICE_COLUMNS, NoticeRecord, joined, may_read, records_of


class LineRecord(NamedTuple):
    """One late milestone that an email listed beside its notices, and its date then."""

    title: str
    key: str
    due_on: date
    kind: Kind
    partnership_id: int | None
    partnership: str | None
    slug: str | None


@dataclass(frozen=True)
class MailRecord:
    """One email, those of its notices that the person may see, and what it listed beside them.

    `is_theirs` says that it was sent to them, or to a post that they have, or was for them while they were away;
    `hidden` counts the notices that they may not see.
    """

    message: Message
    reader: str
    stands_in_for: str
    notices: Sequence[NoticeRecord]
    lines: Sequence[LineRecord]
    hidden: int
    is_theirs: bool


def get_mail(viewer: Viewer, identity: str) -> MailRecord:
    """An email by the identity in its footer: the person's own, or one about partnerships whose notices they may read.
    Raises NoResultFound for any other."""
    message = db.session.scalars(select(Message).where(Message.identity == identity)).one()
    notices = records_of(joined(select(*NOTICE_COLUMNS)).where(Notice.message_id == message.id).order_by(Notice.id))
    is_reader = message.user_id in viewer.owns_as
    is_theirs = is_reader or any(one.user_id in viewer.owns_as for one in notices)
    shown = [
        one
        for one in notices
        if may_read(viewer, one) or ((is_reader or one.user_id in viewer.owns_as) and _may_see_milestone(viewer, one))
    ]
    if not is_theirs and not shown:
        raise NoResultFound
    away = sorted({one.name for one in notices if one.deputy})
    return MailRecord(
        message=message,
        reader=next((one.reader or one.contact or "" for one in notices), ""),
        stands_in_for=listed(away),
        notices=shown,
        lines=[one for one in _lines_of(message) if _may_see_line(viewer, one, is_theirs=is_theirs)],
        hidden=len(notices) - len(shown),
        is_theirs=is_theirs,
    )


def _lines_of(message: Message) -> Sequence[LineRecord]:
    rows = db.session.execute(
        select(
            Milestone.title,
            Milestone.key,
            MessageLine.due_on,
            Milestone.kind,
            Milestone.partnership_id,
            Partnership.name,
            Partnership.slug,
        )
        .join(Milestone, Milestone.id == MessageLine.milestone_id)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .where(MessageLine.message_id == message.id)
        .order_by(MessageLine.due_on, Milestone.id)
    )
    return [LineRecord(*row) for row in rows]


def _may_see_line(viewer: Viewer, line: LineRecord, *, is_theirs: bool) -> bool:
    if is_theirs and may_see(viewer, line.partnership_id, is_document=line.kind in DOCUMENTS):
        return True
    return line.partnership_id is not None and viewer.can(Permission.READ_NOTICES, line.partnership_id)


def _may_see_milestone(viewer: Viewer, notice: NoticeRecord) -> bool:
    return may_see(viewer, notice.partnership_id, is_document=notice.is_document)
