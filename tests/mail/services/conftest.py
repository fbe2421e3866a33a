"""Messages that wait, a server that takes them, and what became of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.mail.services.results import Sent
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.support.days import moment, ticking
from tests.support.mail_out import sink_for
from tests.support.smtp_sink import SmtpSink

DAY = date(2026, 5, 14)
START = moment(DAY)
ANNA, BEN, CARA = "anna@example.test", "ben@example.test", "cara@example.test"


FIXED_HEADERS = [
    "Content-Type",
    "MIME-Version",
    "Subject",
    "From",
    "To",
    "Date",
    "Message-ID",
    "Auto-Submitted",
]
DIGEST_HEADERS = [*FIXED_HEADERS, "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post"]


def queue(*addresses: str) -> None:
    """One mail for each address, ready to go."""
    for address in addresses:
        message = Message(identity=uuid4().hex, kind=MessageKind.DOCUMENT_PUBLISHED, recipient=address, rendered_on=DAY)
        words = {"title": "The plan", "partnership": "Moray", "addresses": [], "link": "http://127.0.0.1:5000/"}
        enqueue(message, template="documents/mail/document_published", now=START, published_on="", **words)
    db.session.commit()


def send(after: timedelta = timedelta(0)) -> Sent:
    sent = send_ready_messages(DAY, ticking(START + after))
    db.session.expire_all()
    return sent


def messages() -> dict[str, Message]:
    return {message.recipient: message for message in db.session.scalars(select(Message).order_by(Message.id))}


def states() -> dict[str, tuple[str, int]]:
    return {address: (message.state.value, message.attempts) for address, message in messages().items()}


def delivered(sink: SmtpSink) -> list[str]:
    return [address for mail in sink.accepted for address in mail.recipients]


@pytest.fixture
def sink(core_app: Flask) -> Iterator[SmtpSink]:
    with sink_for(core_app) as server:
        yield server
