"""The emails of the sixty days before the demo's day: what the rules called for on each working day, as sent then.

They are demo data like all the rest: no mail server took them, and the receipt of each says so. The day's notices are
decided and gathered by the services that do it every morning, over milestones as they were on that day.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update

from cycle_tracker.cli.demo.chances import days, lot
from cycle_tracker.cli.demo.earlier import at_seven, notices_before, write_notices
from cycle_tracker.cli.demo.rewinding import AsItWas
from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.models.base import table_of
from cycle_tracker.models.message import Message
from cycle_tracker.models.reference import ServiceSetting
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices

IN_FULL = days(60)
RECEIPT = "250 2.0.0 OK (demonstration data: this email was not sent)"
UNFINISHED = "demonstration-unfinished"
# The sender runs each minute, and hands over some emails in a second.
SENT_AFTER, SENT_EVERY = timedelta(minutes=1, seconds=2), timedelta(milliseconds=180)
DECIDING_TAKES = timedelta(seconds=2)

messages = table_of(Message)
settings = table_of(ServiceSetting)
_send = (
    update(messages)
    .where(messages.c.id == bindparam("message"))
    .values(state=MessageState.SENT, attempts=1, ended_at=bindparam("at"), receipt=RECEIPT, trouble="")
)


def send_past_emails(on: date) -> None:
    """Leave a history of emails up to the last working day before the demo's day, or before the last working day if the
    demo's day is none: its own emails are the first that the service sends. Commits.

    A process that is stopped in it leaves milestones as they were on some day. `is_unfinished` is true then.
    """
    first, last = SCOTLAND.on_or_after(on - IN_FULL), SCOTLAND.on_or_before(on)
    db.session.execute(insert(settings).values(name=UNFINISHED, value="1"))
    _send_written_ones()
    as_it_was = AsItWas(at_seven(first))
    for day, rows in notices_before(first).items():
        as_it_was.play_until(at_seven(day))
        write_notices(rows)
        _send_emails_of(day)
    day = first
    while day < last:
        as_it_was.play_until(at_seven(day))
        queue_due_notices(day, at_seven(day))
        _send_emails_of(day)
        day = SCOTLAND.on_or_after(day + days(1))
    as_it_was.play_to_the_end(at_seven(on + days(1)))
    db.session.execute(delete(settings).where(settings.c.name == UNFINISHED))
    db.session.commit()


def is_unfinished() -> bool:
    """Whether a process that was to leave this history was stopped."""
    return db.session.scalar(select(settings.c.value).where(settings.c.name == UNFINISHED)) is not None


def _send_emails_of(day: date) -> None:
    """Gather what waits, one email for each reader, and send it. Commits."""
    gather_waiting_notices(day, at_seven(day) + DECIDING_TAKES)
    queued = db.session.scalars(
        select(messages.c.id).where(messages.c.state == MessageState.QUEUED).order_by(messages.c.id)
    ).all()
    sent = [{"message": one, "at": _sent_at(day, number)} for number, one in enumerate(queued)]
    if sent:
        db.session.connection().execute(_send, sent)
    db.session.commit()


def _sent_at(day: date, number: int) -> datetime:
    wait = timedelta(milliseconds=lot(120, day.isoformat(), str(number)))
    return at_seven(day) + SENT_AFTER + number * SENT_EVERY + wait


def _send_written_ones() -> None:
    """Those that people's acts wrote: each went out within a minute."""
    db.session.flush()
    written = db.session.execute(select(messages.c.id, messages.c.queued_at).order_by(messages.c.id)).all()
    sent = [
        {"message": row.id, "at": row.queued_at + timedelta(seconds=5 + lot(50, str(row.queued_at)))} for row in written
    ]
    if sent:
        db.session.connection().execute(_send, sent)
