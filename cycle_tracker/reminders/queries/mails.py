"""The record of one email, with the notices in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Viewer, may_see
from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import listed
from cycle_tracker.models.message import Message
from cycle_tracker.models.notice import Notice
from cycle_tracker.reminders.queries.notices import NOTICE_COLUMNS, NoticeRecord, joined, may_read, records_of


@dataclass(frozen=True)
class MailRecord:
    """One email, and those of its notices that the person may see. `is_theirs` says that it was sent to them, or to a
    post that they have, or was for them while they were away; `hidden` counts the notices that they may not see."""

    message: Message
    reader: str
    stands_in_for: str
    notices: Sequence[NoticeRecord]
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
        hidden=len(notices) - len(shown),
        is_theirs=is_theirs,
    )


def _may_see_milestone(viewer: Viewer, notice: NoticeRecord) -> bool:
    return may_see(viewer, notice.partnership_id, is_document=notice.is_document)
