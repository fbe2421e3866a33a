"""What the link in an email asks about, who it asks, and what people answered by such links."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import Permission, Viewer, may_change
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import Asked, built_once, number_of
from cycle_tracker.models.access import AccessLink, LinkPurpose
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.contact import Contact, milestone_contacts
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User

LISTED_AT_MOST = 50
SHOWN_AT_MOST = 10


@dataclass(frozen=True)
class Question:
    """What one link asks: the status of this milestone. The person or contact who got the email is asked."""

    link_id: int
    notice_id: int
    milestone: Milestone
    user: User | None
    contact: Contact | None


def find_question(token_hash: str, *, today: date, now: datetime) -> Question | None:
    """What a link asks, as long as it is valid and its recipient may answer: an active person who may change the
    milestone, or a contact who is still asked about it."""
    found = db.session.execute(
        select(AccessLink.id, AccessLink.notice_id, Message.user_id, Message.contact_id, Milestone)
        .join(Message, Message.id == AccessLink.message_id)
        .join(Notice, Notice.id == AccessLink.notice_id)
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .where(
            AccessLink.token_hash == token_hash,
            AccessLink.purpose == LinkPurpose.ANSWER,
            AccessLink.used_at.is_(None),
            AccessLink.expires_at > now,
        )
        .options(joinedload(Milestone.partnership), joinedload(Milestone.owner))
    ).one_or_none()
    if found is None or found.notice_id is None:
        return None
    user = _who_may_change(found.Milestone, found.user_id, today) if found.user_id is not None else None
    contact = _who_is_asked(found.Milestone, found.contact_id) if found.contact_id is not None else None
    if user is None and contact is None:
        return None
    return Question(found.id, found.notice_id, found.Milestone, user, contact)


def newest_answers(milestone: Milestone, *, at_most: int = SHOWN_AT_MOST) -> Sequence[Answer]:
    """The newest answers about a milestone with who gave them, the newest first. One statement."""
    return db.session.scalars(_newest_answers(), {"milestone": milestone.id, "at_most": at_most}).all()


@built_once
def _newest_answers() -> Select[Answer]:
    return (
        select(Answer)
        .where(Answer.milestone_id == number_of("milestone"))
        .options(joinedload(Answer.user), joinedload(Answer.contact).joinedload(Contact.organisation))
        .order_by(Answer.id.desc())
        .limit(number_of("at_most"))
    )


def wanted_dates(viewer: Viewer) -> Asked:
    """Milestones for which a new date was requested by email, in the partnerships that the person leads, the earliest
    request first: the columns of the milestone, the date, why, who asked and when. In one statement.

    Of each milestone its newest answer counts, until its date moves or one is proposed, or it is closed.
    """
    held = viewer.partnerships_with(Permission.CHANGE_MILESTONES)
    return Asked(_wanted_dates(reach_of(held)), values_of(held))


@built_once
def _wanted_dates(reach: Reach) -> Select[*tuple[Any, ...]]:
    later = aliased(Answer)
    answered_since = exists().where(later.milestone_id == Answer.milestone_id, later.id > Answer.id)
    moved_since = exists().where(
        DateChange.milestone_id == Answer.milestone_id,
        or_(DateChange.noted_at >= Answer.answered_at, DateChange.proposed_at >= Answer.answered_at),
    )
    return (
        select(
            Milestone.key,
            Milestone.title,
            Milestone.due_on,
            Partnership.slug,
            Partnership.name.label("partnership"),
            Answer.new_date,
            Answer.text,
            Answer.answered_at,
            User.name.label("person"),
            Contact.name.label("contact"),
        )
        .select_from(Answer)
        .join(Milestone, Milestone.id == Answer.milestone_id)
        .join(Milestone.partnership)
        .outerjoin(User, User.id == Answer.user_id)
        .outerjoin(Contact, Contact.id == Answer.contact_id)
        .where(
            Answer.kind == AnswerKind.NEEDS_A_NEW_DATE,
            IS_OPEN,
            in_reach(Milestone.partnership_id, reach),
            ~answered_since,
            ~moved_since,
        )
        .order_by(Answer.id)
        .limit(LISTED_AT_MOST)
    )


def _who_may_change(milestone: Milestone, user_id: int, today: date) -> User | None:
    viewer = viewers_of([user_id], today, acting=True).get(user_id)
    if viewer is None or not may_change(viewer, milestone.partnership_id, milestone.owner_id):
        return None
    return db.session.get(User, user_id)


def _who_is_asked(milestone: Milestone, contact_id: int) -> Contact | None:
    is_asked = and_(milestone_contacts.c.contact_id == Contact.id, milestone_contacts.c.milestone_id == milestone.id)
    return db.session.scalars(
        select(Contact).where(Contact.id == contact_id, Contact.active, exists().where(is_asked))
    ).one_or_none()
