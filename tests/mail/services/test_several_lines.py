"""One run of the sender over several connections at once: each mail once, one try at a door that is shut."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.mail.services import claims
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.mail.services.results import Sent
from cycle_tracker.models.message import MailClaim, Message, MessageKind
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.support.days import moment, ticking
from tests.support.mail_out import mail_server
from tests.support.postgres import free_port
from tests.support.smtp_sink import Faults, SmtpSink, make_certificate

DAY = date(2026, 5, 14)
START = moment(DAY)


def queue(number: int) -> list[str]:
    addresses = [f"person-{one:03d}@example.test" for one in range(number)]
    for address in addresses:
        message = Message(identity=uuid4().hex, kind=MessageKind.DOCUMENT_PUBLISHED, recipient=address, rendered_on=DAY)
        words = {"title": "The plan", "partnership": "Moray", "addresses": [], "link": "http://127.0.0.1:5000/"}
        enqueue(message, template="documents/mail/document_published", now=START, published_on="", **words)
    db.session.commit()
    return addresses


def send(after: timedelta = timedelta(0)) -> Sent:
    sent = send_ready_messages(DAY, ticking(START + after))
    db.session.expire_all()
    return sent


def states() -> Counter[tuple[str, int]]:
    return Counter((message.state.value, message.attempts) for message in db.session.scalars(select(Message)))


def delivered(sink: SmtpSink) -> list[str]:
    return sorted(address for mail in sink.accepted for address in mail.recipients)


def test_four_lines_send_four_mails_at_once_and_each_mail_once(core_app: Flask) -> None:
    addresses = queue(80)
    with (
        SmtpSink(faults=Faults(delay=0.03)) as sink,
        mail_server(core_app, sink.port, MAIL_CONNECTIONS=4),
    ):
        sent = send()
    assert (sent.sent, sent.connections, sink.connections, sink.most_mails_at_once) == (80, 4, 4, 4)
    assert (sent.trouble, sent.in_other_hands, sent.lost_claims) == ("", 0, 0)
    assert delivered(sink) == addresses
    assert states() == {("sent", 1): 80}
    assert db.session.scalar(select(func.count()).select_from(MailClaim)) == 0


@pytest.mark.parametrize(("mails", "lines"), [(1, 1), (9, 1), (10, 2), (19, 3), (40, 8), (41, 8)])
def test_a_few_mails_are_not_worth_many_lines(core_app: Flask, mails: int, lines: int) -> None:
    queue(mails)
    with (
        SmtpSink(faults=Faults(delay=0.02)) as sink,
        mail_server(core_app, sink.port, MAIL_CONNECTIONS=8),
    ):
        sent = send()
    assert (sent.sent, sent.connections) == (mails, lines)


def test_a_wrong_password_is_tried_once_however_many_lines_there_are(core_app: Flask) -> None:
    queue(80)
    with SmtpSink(login=("cycle-tracker", "right")) as sink:
        with mail_server(core_app, sink.port, MAIL_CONNECTIONS=8, MAIL_USERNAME="cycle-tracker", MAIL_PASSWORD="wrong"):
            sent = send()
        assert sent.could_not_be_used
        assert sent.trouble.startswith("SMTPAuthenticationError")
        assert (sink.failed_logins, sink.connections, sent.connections) == (1, 1, 1)
        assert states() == {("queued", 0): 80}
        with mail_server(core_app, sink.port, MAIL_CONNECTIONS=8, MAIL_USERNAME="cycle-tracker", MAIL_PASSWORD="right"):
            assert send(timedelta(minutes=1)).sent == 80
        assert sink.logins == 8


def test_a_certificate_that_nobody_vouches_for_is_looked_at_once_however_many_lines_there_are(
    core_app: Flask, tmp_path: Path
) -> None:
    queue(80)
    certificate = make_certificate(tmp_path)
    with SmtpSink(certificate=certificate) as sink:
        with mail_server(core_app, sink.port, MAIL_CONNECTIONS=8, MAIL_USE_TLS=True):
            sent = send()
        assert "CERTIFICATE_VERIFY_FAILED" in sent.trouble
        assert (sink.connections, sink.accepted) == (1, [])
        assert states() == {("queued", 0): 80}
        settings = {"MAIL_CONNECTIONS": 8, "MAIL_USE_TLS": True, "MAIL_CA_FILE": str(certificate[0])}
        with mail_server(core_app, sink.port, **settings):
            assert send(timedelta(minutes=1)).sent == 80


def test_a_closed_port_is_tried_once_however_many_lines_there_are(core_app: Flask) -> None:
    queue(80)
    with mail_server(core_app, free_port(), MAIL_CONNECTIONS=8):
        sent = send()
    assert sent.could_not_be_used
    assert sent.connections == 1
    assert states() == {("queued", 0): 80}


def test_where_the_server_lets_fewer_lines_in_those_send_everything_and_it_is_said(core_app: Flask) -> None:
    addresses = queue(80)
    with (
        SmtpSink(faults=Faults(delay=0.01, most_lines=3)) as sink,
        mail_server(core_app, sink.port, MAIL_CONNECTIONS=8),
    ):
        sent = send()
    assert (sent.sent, sent.connections, sink.most_mails_at_once) == (80, 4, 3)
    assert "Too many connections" in sent.trouble
    assert not sent.could_not_be_used
    assert delivered(sink) == addresses


def test_lines_that_drop_are_opened_again_and_nothing_is_lost_or_repeated(core_app: Flask) -> None:
    addresses = queue(100)
    with (
        SmtpSink(faults=Faults(drop_every=9)) as sink,
        mail_server(core_app, sink.port, MAIL_CONNECTIONS=4),
    ):
        for minute in range(10):
            send(timedelta(minutes=minute))
    assert delivered(sink) == addresses
    assert states() == {("sent", 1): 100}


def test_asked_to_stop_every_line_finishes_its_mail_and_puts_the_rest_back(core_app: Flask) -> None:
    queue(80)
    with (
        SmtpSink(faults=Faults(delay=0.05)) as sink,
        mail_server(core_app, sink.port, MAIL_CONNECTIONS=4),
    ):
        sent = send_ready_messages(DAY, ticking(START), stop=lambda: len(sink.accepted) >= 10)
        db.session.expire_all()
        assert 10 <= sent.sent == len(sink.accepted) <= 14
        assert states() == {("sent", 1): sent.sent, ("queued", 0): 80 - sent.sent}
        assert db.session.scalar(select(func.count()).select_from(MailClaim)) == 0
        assert send(timedelta(minutes=1)).sent == 80 - sent.sent


def test_an_error_of_the_database_in_one_line_is_not_hidden(core_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    queue(80)
    turns = iter(range(100))

    def fail_at_the_third(*given: object, **named: object) -> None:
        if next(turns) == 2:
            raise RuntimeError("the disk is full")
        claims.release_claim(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("cycle_tracker.mail.services.lines.release_claim", fail_at_the_third)
    with SmtpSink() as sink, mail_server(core_app, sink.port, MAIL_CONNECTIONS=4):
        with pytest.raises(RuntimeError, match="disk is full"):
            send()
        db.session.rollback()
        send(timedelta(minutes=2))
    assert Counter(delivered(sink)).most_common(1)[0][1] == 1
    assert states() == {("sent", 1): 80}
