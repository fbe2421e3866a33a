"""The name that readers see as the sender of an email, as a real SMTP server on loopback receives it."""

from collections.abc import Iterator
from email.header import decode_header, make_header
from email.utils import parseaddr
from uuid import uuid4

import pytest
from flask import Flask

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.support.mail_out import mail_server, sink_for
from tests.support.smtp_sink import Mail, SmtpSink

ADDRESS = "cycle-tracker@example.org"
# RFC 2047, section 2, and RFC 5322, section 2.1.1.
LONGEST_ENCODED_WORD, LONGEST_LINE = 75, 78


@pytest.fixture
def sink(core_app: Flask) -> Iterator[SmtpSink]:
    with sink_for(core_app) as running:
        yield running


def test_the_sender_is_called_cycle_tracker(sink: SmtpSink) -> None:
    mail = _sent(sink)
    assert mail.message["From"] == "Cycle Tracker <cycle-tracker@example.org>"
    assert mail.sender == ADDRESS


@pytest.mark.parametrize(
    "name",
    [
        "Moray’s children’s services",
        "Plans, reports & “dates”",
        'The "tracker"',
        "Leòdhas",
        "Children’s services plans and reports, Comhairle nan Eilean",
        "ò" * 60,
        "😀" * 60,
        "Plans <other@example.org>, “Moray”",
    ],
)
def test_the_sender_is_called_what_the_setting_says(core_app: Flask, sink: SmtpSink, name: str) -> None:
    with mail_server(core_app, sink.port, MAIL_SENDER_NAME=name):
        mail = _sent(sink)
    (address,) = mail.message["From"].addresses
    assert address.addr_spec == ADDRESS
    raw = mail.raw.split(b"\r\nFrom: ", 1)[1].split(b"\r\nTo: ", 1)[0].decode("ascii")
    shown, _ = parseaddr(raw)
    assert str(make_header(decode_header(shown))) == name
    assert max(len(word) for word in raw.split()) <= LONGEST_ENCODED_WORD
    assert max(len(line) for line in raw.splitlines()) <= LONGEST_LINE
    assert mail.sender == ADDRESS


def test_an_empty_setting_leaves_the_address_alone(core_app: Flask, sink: SmtpSink) -> None:
    with mail_server(core_app, sink.port, MAIL_SENDER_NAME=""):
        assert _sent(sink).message["From"] == ADDRESS


def test_a_name_in_the_address_setting_wins(core_app: Flask, sink: SmtpSink) -> None:
    with mail_server(core_app, sink.port, MAIL_DEFAULT_SENDER=f"Plans <{ADDRESS}>", MAIL_SENDER_NAME="Cycle Tracker"):
        assert _sent(sink).message["From"] == f"Plans <{ADDRESS}>"


def _sent(sink: SmtpSink) -> Mail:
    now = clock.now()
    message = Message(
        identity=uuid4().hex, kind=MessageKind.DOCUMENT_PUBLISHED, recipient="anna@example.test", rendered_on=now.date()
    )
    words = {"title": "The plan", "partnership": "Moray", "addresses": [], "link": "http://127.0.0.1:5000/"}
    enqueue(message, template="documents/mail/document_published", now=now, published_on="", **words)
    db.session.commit()
    assert send_ready_messages(now.date(), clock.now).sent == 1
    (mail,) = sink.accepted
    return mail
