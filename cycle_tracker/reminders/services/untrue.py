"""Which of the messages in hand say something that is no longer true, and why."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, case, exists, not_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from cycle_tracker.access.queries.scopes import IS_OPEN, may_be_seen_by
from cycle_tracker.core.audiences import OF_THE_GROUP, Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.models.contact import Contact, milestone_contacts
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.around import says_what_waits_is_late
from cycle_tracker.reminders.queries.line_facts import has_said_done
from cycle_tracker.reminders.rules.steps import ASSIGNED, BEFORE, OPENS
from cycle_tracker.reminders.services.addressees import SAID_DONE, SWITCHED_OFF, WAITS
from cycle_tracker.reminders.services.unwritten import DECIDED

FINISHED = "it was done or closed before the email was sent"
MOVED = "its date changed before the email was sent"
GIVEN_AWAY = "it has a new owner"
NOT_ALLOWED = "the person can no longer see it"
NOT_ASKED = "the contact is no longer asked about it"
BEFORE_THE_DAY = f"{BEFORE}%"


def untrue_notices(message_ids: Sequence[int], today: date) -> dict[int, dict[int, str]]:
    """The notices of these messages that no longer hold, or about which their reader can do nothing any more, by
    message, each with why. One statement."""
    finished = ~IS_OPEN
    moved = or_(Milestone.due_on.is_(None), Milestone.due_on != Notice.due_on)
    given_away = or_(
        and_(Notice.step == ASSIGNED, Milestone.owner_id.is_distinct_from(Notice.user_id)), _is_anothers(today)
    )
    ended = Notice.ended_at.is_not(None)
    is_before = or_(Notice.step.like(BEFORE_THE_DAY), Notice.step == OPENS)
    off = and_(is_before, or_(_switched_off(User, Notice.user_id), _switched_off(Contact, Notice.contact_id)))
    not_asked = and_(Notice.contact_id.is_not(None), not_(_is_asked()))
    said_done = and_(Notice.contact_id.is_not(None), has_said_done(Notice.contact_id, Notice.milestone_id))
    decided, waits = _is_decided(), says_what_waits_is_late()
    not_allowed = and_(Notice.contact_id.is_(None), not_(may_be_seen_by(Message.user_id, today)))
    rows = db.session.execute(
        select(
            Notice.message_id,
            Notice.id,
            case(
                (finished, FINISHED),
                (given_away, GIVEN_AWAY),
                (or_(moved, ended), MOVED),
                (off, SWITCHED_OFF),
                (not_asked, NOT_ASKED),
                (said_done, SAID_DONE),
                (waits, WAITS),
                (decided, DECIDED),
                else_=NOT_ALLOWED,
            ),
        )
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .join(Message, Message.id == Notice.message_id)
        .where(
            Notice.message_id.in_(message_ids),
            or_(finished, moved, given_away, ended, off, not_asked, said_done, waits, decided, not_allowed),
        )
        .order_by(Notice.id)
    )
    untrue: dict[int, dict[int, str]] = {}
    for message_id, notice_id, why in rows:
        if message_id is not None:
            untrue.setdefault(message_id, {})[notice_id] = why
    return untrue


def _switched_off(who: type[User | Contact], number: Any) -> ColumnElement[bool]:
    """True where a notice is for somebody who wants no reminders before the day."""
    return exists().where(who.id == number, who.reminds_before.is_(False))


def _is_anothers(today: date) -> ColumnElement[bool]:
    """True for what its owner is told, where somebody else owns it by now and may be told."""
    return and_(
        Notice.audience == Audience.OWNER,
        Notice.user_id != Milestone.owner_id,
        may_be_seen_by(Milestone.owner_id, today),
    )


def _is_decided() -> ColumnElement[bool]:
    """True for what asks a group or its chair to decide, where they have decided all that is open."""
    is_open = and_(
        Escalation.milestone_id == Notice.milestone_id,
        Escalation.audience.in_(sorted(OF_THE_GROUP)),
        Escalation.resolved_at.is_(None),
    )
    waits = exists().where(is_open, Escalation.decided_at.is_(None))
    answered = exists().where(is_open, Escalation.decided_at.is_not(None))
    return and_(Notice.audience.in_(sorted(OF_THE_GROUP)), answered, not_(waits))


def _is_asked() -> ColumnElement[bool]:
    """True where a contact is asked about the milestone of a notice still."""
    return exists().where(
        milestone_contacts.c.milestone_id == Notice.milestone_id,
        milestone_contacts.c.contact_id == Notice.contact_id,
        Contact.id == Notice.contact_id,
        Contact.active,
    )


def rendered_before(message_ids: Sequence[int], today: date) -> set[int]:
    """The messages whose words were written for another day."""
    return set(db.session.scalars(select(Message.id).where(Message.id.in_(message_ids), Message.rendered_on != today)))
