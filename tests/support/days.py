"""Walking through days as the service lives them: the morning's jobs, what people do, and the mails that came."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import TypeVar

from flask import Flask
from sqlalchemy import inspect, select

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.clock import LONDON, london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.services.attachments import kept_copy_of
from cycle_tracker.documents.services.sendings import settle_sendings
from cycle_tracker.mail.services.results import Sent, a_sending_is_over
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.message import Message
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.support.smtp_sink import SmtpSink

Row = TypeVar("Row")
SEVEN = time(7)
TEN = time(10)


@dataclass(frozen=True)
class Told:
    """One mail as a table of a test has it: when, to whom, its subject, and its steps with what they overtook."""

    day: str
    recipient: str
    subject: str
    steps: str


@dataclass
class Days:
    """The service from day to day. `told` is what the mail server accepted so far."""

    app: Flask
    sink: SmtpSink
    notified: list[Told] = field(default_factory=list)

    def queue(self, day: date, at: time = SEVEN) -> None:
        """What `queue-notices` does: nothing on a day that is no working day."""
        if SCOTLAND.is_working_day(day):
            queue_due_notices(day, moment(day, at))
            gather_waiting_notices(day, moment(day, at))

    def send(self, day: date, at: time = SEVEN) -> Sent:
        """What `send-outbox` does, and a note of what came out of it."""
        sent = send_ready_messages(day, ticking(moment(day, at)), file_of=kept_copy_of)
        if a_sending_is_over():
            settle_sendings(now=moment(day, at))
        for mail in self.sink.accepted:
            self.notified.append(
                _notified(day, str(mail.message["Message-ID"]), str(mail.message["Subject"]), mail.recipients)
            )
        self.sink.accepted.clear()
        db.session.expire_all()
        return sent

    def run(self, day: date, at: time = SEVEN) -> Sent:
        """Both jobs, one after the other."""
        self.queue(day, at)
        return self.send(day, at)

    def of(self, day: date) -> list[Told]:
        """The mails of one day."""
        return [one for one in self.notified if one.day == short(day)]


def moment(day: date, at: time = SEVEN) -> datetime:
    """An instant told by London's clocks."""
    return datetime.combine(day, at, tzinfo=LONDON)


def ticking(start: datetime) -> Callable[[], datetime]:
    """A clock that starts at an instant and goes on by a millisecond each time it is read."""
    ticks = count()  # not a generator: several lines of one sender may read the clock at once
    return lambda: start + timedelta(milliseconds=next(ticks))


def every_day(first: date, last: date) -> Iterator[date]:
    """The days from the first to the last, both counted."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def again(row: Row) -> Row:
    """A row read anew: the jobs let go of every row that they had in hand."""
    return db.session.get_one(type(row), inspect(row).identity)


def short(day: date) -> str:
    """A day as the tables write it: `2 Jun`."""
    return f"{day:%-d %b}"


def escalations_as_told() -> list[tuple[int, str, str, str, str, str, str]]:
    """Every rung: its days, audience, due date, the day it fell due, was opened and was resolved, and by what."""
    return [
        (
            row.rung,
            row.audience.value,
            short(row.due_on),
            short(row.fell_due_on),
            short(london_day(row.opened_at)),
            short(london_day(row.resolved_at)) if row.resolved_at else "",
            row.resolution.value if row.resolution else "",
        )
        for row in db.session.scalars(select(Escalation).order_by(Escalation.id))
    ]


def notices_as_told() -> list[tuple[str, str, str, str]]:
    """Every notice in the order of writing: its addressee, step, due date, and how it ended if it did."""
    names = {f"user:{user.id}": user.name for user in db.session.scalars(select(User))}
    return [
        (
            names.get(row.addressee, row.addressee),
            row.step,
            short(row.due_on),
            row.ending.value if row.ending else "",
        )
        for row in db.session.scalars(select(Notice).order_by(Notice.id))
    ]


def _notified(day: date, message_id: str, subject: str, recipients: tuple[str, ...]) -> Told:
    message = db.session.scalars(select(Message).where(Message.message_id == message_id)).one()
    assert recipients == (message.recipient,)
    notices = db.session.scalars(
        select(Notice).where(Notice.message_id == message.id, Notice.ended_at.is_(None)).order_by(Notice.id)
    )
    person = db.session.get(User, message.user_id) if message.user_id else None
    return Told(
        short(day),
        person.name if person else message.recipient,
        subject,
        "; ".join(_words(notice) for notice in notices),
    )


def _words(notice: Notice) -> str:
    return f"{notice.step} over {', '.join(notice.overtook)}" if notice.overtook else notice.step
