"""The record of every notice: what it said, whom it was for, who got it, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.scopes import within
from cycle_tracker.access.rules.permissions import Permission, Viewer, may_see
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import DOCUMENTS, Basis, Kind
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User


class NoticeStatus(StrEnum):
    """What became of a notice."""

    WAITING = "waiting"
    ON_ITS_WAY = "on-its-way"
    SENT = "sent"
    FAILED = "failed"
    NOT_SENT = "not-sent"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class NoticeRecord:
    """One notice with its milestone, whom it was for (`person`), who got it (`reader`), and its email."""

    id: int
    step: str
    due_on: date
    audience: Audience
    user_id: int | None
    overtook: Sequence[str]
    policy: str
    at_once: bool
    queued_on: date
    queued_at: datetime
    ended_at: datetime | None
    ending: Ending | None
    ended_why: str
    status: NoticeStatus
    key: str
    title: str
    kind: Kind
    date_basis: Basis
    expected_date: bool
    milestone_due_on: date | None
    owner_id: int | None
    partnership_id: int | None
    partnership: str | None
    slug: str | None
    person: str | None
    contact: str | None
    reader: str | None
    recipient: str | None
    identity: str | None
    mail_id: str | None
    mail_state: MessageState | None
    mail_ended_at: datetime | None
    attempts: int | None
    receipt: str | None
    trouble: str | None
    mail_ended_why: str | None

    @property
    def name(self) -> str:
        """Who it was for; empty where there was no one."""
        return self.person or self.contact or ""

    @property
    def deputy(self) -> str:
        """Who got it for someone who was away; empty where it went to the person it was for."""
        return self.reader if self.reader and self.person and self.reader != self.person else ""

    @property
    def is_for_its_owner(self) -> bool:
        """True where it was for the person, or post, that owns the milestone now."""
        return self.audience is Audience.OWNER and self.user_id is not None and self.user_id == self.owner_id

    @property
    def is_document(self) -> bool:
        """True for the notice of a plan or an annual report."""
        return self.kind in DOCUMENTS


_person, _reader = aliased(User), aliased(User)


_never_in_a_mail = or_(
    Notice.ending == Ending.WITHDRAWN,
    and_(Notice.ended_at.is_not(None), or_(Message.ended_at.is_(None), Notice.ended_at < Message.ended_at)),
)
"""What ended before its email went out was removed from it."""


_status = case(
    (Notice.unreachable, NoticeStatus.UNREACHABLE.value),
    (or_(_never_in_a_mail, Message.state == MessageState.WITHDRAWN), NoticeStatus.NOT_SENT.value),
    (Message.state == MessageState.SENT, NoticeStatus.SENT.value),
    (Message.state == MessageState.FAILED, NoticeStatus.FAILED.value),
    (Notice.message_id.is_(None), NoticeStatus.WAITING.value),
    else_=NoticeStatus.ON_ITS_WAY.value,
)


NOTICE_COLUMNS = (
    Notice.id,
    Notice.step,
    Notice.due_on,
    Notice.audience,
    Notice.user_id,
    Notice.overtook,
    Notice.policy,
    Notice.at_once,
    Notice.queued_on,
    Notice.queued_at,
    Notice.ended_at,
    Notice.ending,
    Notice.ended_why,
    _status.label("status"),
    Milestone.key,
    Milestone.title,
    Milestone.kind,
    Milestone.date_basis,
    Milestone.expected_date,
    Milestone.due_on.label("milestone_due_on"),
    Milestone.owner_id,
    Milestone.partnership_id,
    Partnership.name.label("partnership"),
    Partnership.slug,
    _person.name.label("person"),
    Contact.name.label("contact"),
    _reader.name.label("reader"),
    Message.recipient,
    Message.identity,
    Message.message_id.label("mail_id"),
    Message.state.label("mail_state"),
    Message.ended_at.label("mail_ended_at"),
    Message.attempts,
    Message.receipt,
    Message.trouble,
    Message.ended_why.label("mail_ended_why"),
)


@dataclass(frozen=True)
class NoticeList:
    """The notices of a person's partnerships, the newest first; each field that is set narrows it. `partnership` is a
    slug, `person` a part of a name or address."""

    viewer: Viewer
    partnership: str = ""
    person: str = ""
    status: NoticeStatus | None = None
    first: date | None = None
    last: date | None = None

    def count(self) -> int:
        """How many there are in all."""
        return db.session.scalar(joined(select(func.count(Notice.id))).where(*self._conditions())) or 0

    def rows(self, *, page: int = 1, per_page: int | None = None) -> list[NoticeRecord]:
        """One page of them, or with no `per_page` all; one statement."""
        statement = joined(select(*NOTICE_COLUMNS)).where(*self._conditions()).order_by(Notice.id.desc())
        if per_page is not None:
            statement = statement.limit(per_page).offset((page - 1) * per_page)
        return records_of(statement)

    def _conditions(self) -> list[ColumnElement[bool]]:
        wanted = [within(Milestone.partnership_id, self.viewer, Permission.READ_NOTICES)]
        if self.partnership:
            wanted.append(Partnership.slug == self.partnership)
        if self.person:
            fields = (_person.name, Contact.name, _reader.name, Message.recipient)
            wanted.append(or_(*(field.icontains(self.person, autoescape=True) for field in fields)))
        if self.status is not None:
            wanted.append(_status == self.status.value)
        if self.first is not None:
            wanted.append(Notice.queued_on >= self.first)
        if self.last is not None:
            wanted.append(Notice.queued_on <= self.last)
        return wanted


def get_notice(viewer: Viewer, notice_id: int) -> NoticeRecord:
    """One notice.

    Raises NoResultFound where there is none or the person may not see its milestone, and NotAllowed where they may, but
    may not see who was notified of it.
    """
    found = next(iter(records_of(joined(select(*NOTICE_COLUMNS)).where(Notice.id == notice_id))), None)
    if found is None or not may_see(viewer, found.partnership_id, is_document=found.is_document):
        raise NoResultFound
    if not may_read(viewer, found):
        raise NotAllowed
    return found


def notices_of(milestone: Milestone) -> list[NoticeRecord]:
    """Every notice of a milestone, the newest first; one statement."""
    return records_of(
        joined(select(*NOTICE_COLUMNS)).where(Notice.milestone_id == milestone.id).order_by(Notice.id.desc())
    )


def may_read(viewer: Viewer, notice: NoticeRecord) -> bool:
    """True where the person may read who was notified of it. National milestones are read by those who read all."""
    partnerships = viewer.partnerships_with(Permission.READ_NOTICES)
    return partnerships is None or notice.partnership_id in partnerships


def joined(statement: Any) -> Select[*tuple[Any, ...]]:
    """A statement on notices, joined with the milestone, the people and the email of each."""
    found: Select[*tuple[Any, ...]] = (
        statement.select_from(Notice)
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .outerjoin(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(_person, _person.id == Notice.user_id)
        .outerjoin(Contact, Contact.id == Notice.contact_id)
        .outerjoin(Message, Message.id == Notice.message_id)
        .outerjoin(_reader, _reader.id == Message.user_id)
    )
    return found


def records_of(statement: Select[*tuple[Any, ...]]) -> list[NoticeRecord]:
    """The records that a statement on `NOTICE_COLUMNS` finds; one statement."""
    return [
        NoticeRecord(**{**row._asdict(), "status": NoticeStatus(row.status)}) for row in db.session.execute(statement)
    ]
