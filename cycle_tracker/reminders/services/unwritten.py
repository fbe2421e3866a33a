"""Mails that could not be written: each stands in the outbox as failed, so that it is seen.

What it was to say waits for the next day, when it is tried again.
"""

import logging
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import bindparam, select, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.mail.rules import NOT_HANDED_OVER
from cycle_tracker.mail.services.outgoing import Rendered, enqueue_all, message_id_of
from cycle_tracker.models.base import table_of
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.audiences import addressee_of, addressee_of_contact

NOT_WRITTEN = "An email that could not be written"
ALREADY_DECIDED = "A decision that was made before its email was sent"
DECIDED = "the group decided before the email was sent"

log = logging.getLogger(__name__)

messages = table_of(Message)
notices = table_of(Notice)
_never_tried = (
    select(messages.c.id)
    .where(
        messages.c.state == bindparam(None, MessageState.FAILED, type_=messages.c.state.type, literal_execute=True),
        messages.c.kind == MessageKind.DIGEST,
        messages.c.ended_why == NOT_HANDED_OVER,
        messages.c.rendered_on < bindparam("today"),
    )
    .scalar_subquery()
)
_let_wait_again = (
    update(notices).where(notices.c.message_id.in_(_never_tried), notices.c.ended_at.is_(None)).values(message_id=None)
)


def let_wait_again(today: date) -> None:
    """Let the notices wait again whose mail failed on an earlier day before it was handed to a mail server."""
    db.session.connection().execute(_let_wait_again, {"today": today})


def store_unwritten(whose: type[User | Contact], number: int, trouble: str, today: date, now: datetime) -> None:
    """Put into the outbox, as failed, the mail that could not be written for a person or contact, and bind to it all
    that waits for them. Nothing is read but the address: whatever else stands of them may be what is wrong."""
    log.error("The email to %s %d could not be written: %s", whose.__name__.lower(), number, trouble)
    is_user = whose is User
    email = db.session.scalars(select(whose.email).where(whose.id == number)).one()
    identity = uuid4().hex
    message = Message(
        identity=identity,
        message_id=message_id_of(identity),
        subject=NOT_WRITTEN,
        kind=MessageKind.DIGEST,
        recipient=email,
        addressee=addressee_of(number) if is_user else addressee_of_contact(number),
        user_id=number if is_user else None,
        contact_id=None if is_user else number,
        rendered_on=today,
        state=MessageState.FAILED,
        ended_at=now,
        ended_why=NOT_HANDED_OVER,
        trouble=f"{NOT_WRITTEN}. {trouble}",
    )
    enqueue_all([(message, Rendered(b""))], now=now)
    addressee = notices.c.user_id if is_user else notices.c.contact_id
    db.session.connection().execute(
        update(notices)
        .where(addressee == number, notices.c.message_id.is_(None), notices.c.ended_at.is_(None))
        .values(message_id=message.id)
    )


def set_aside(notices_by_message: Mapping[int, Collection[int]], decided: Collection[int], now: datetime) -> None:
    """Take what was decided out of these messages, into one for each that is not sent and says so. The notices go on
    counting as told: ended, the rules would call for them again."""
    for message_id, notice_ids in notices_by_message.items():
        theirs = [number for number in notice_ids if number in decided]
        if not theirs:
            continue
        of = db.session.get_one(Message, message_id)
        identity = uuid4().hex
        apart = Message(
            identity=identity,
            message_id=message_id_of(identity),
            subject=ALREADY_DECIDED,
            kind=MessageKind.DIGEST,
            recipient=of.recipient,
            addressee=of.addressee,
            user_id=of.user_id,
            rendered_on=of.rendered_on,
            state=MessageState.WITHDRAWN,
            ended_at=now,
            ended_why=DECIDED,
        )
        enqueue_all([(apart, Rendered(b""))], now=now)
        db.session.connection().execute(update(notices).where(notices.c.id.in_(theirs)).values(message_id=apart.id))
