"""Sending against real SMTP servers, in order and out of it: refusals, silence, certificates, logins, lost answers."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask, current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.mail.mime import compose
from cycle_tracker.mail.rules import RETRY_AFTER, SPREAD, Verdict
from cycle_tracker.mail.services import lines
from cycle_tracker.mail.services.claims import (
    CUT_SHORT,
    claim_ready_messages,
    free_lost_claims,
)
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.mail.services.results import Sent
from cycle_tracker.mail.smtp import WATCH_EVERY_SECONDS, mail
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.days import Days, moment, ticking
from tests.support.mail_out import mail_server, sink_for
from tests.support.pages import counted_statements
from tests.support.postgres import free_port
from tests.support.selection import examples
from tests.support.smtp_sink import Faults, SmtpSink, make_certificate

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


def test_a_batch_goes_over_one_connection(sink: SmtpSink) -> None:
    queue(ANNA, BEN, CARA)
    sent = send()
    assert (sent.sent, sent.connections, sink.connections) == (3, 1, 1)
    assert delivered(sink) == [ANNA, BEN, CARA]
    assert send() == Sent()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("250 2.0.0 Ok: queued as 4FJ2", "250 2.0.0 Ok: queued as 4FJ2"),
        ("250-2.0.0 Taken\r\n250 as 4FJ2", "250 2.0.0 Taken as 4FJ2"),
        ("250 as\x00 \x1b[31m4FJ2", "250 as [31m4FJ2"),
        ("250 " + "x" * 2000, "250 " + "x" * 496),
    ],
)
def test_what_the_server_said_when_it_took_a_mail_is_kept_in_one_line(sink: SmtpSink, said: str, kept: str) -> None:
    sink.faults.receipt = said
    queue(ANNA)
    send()
    assert (messages()[ANNA].receipt, messages()[ANNA].trouble) == (kept, "")


@pytest.mark.parametrize("at", ["refuse_at_rcpt", "refuse_at_data"])
def test_a_refusal_fails_at_once_and_touches_nobody_else(sink: SmtpSink, at: str) -> None:
    getattr(sink.faults, at)[BEN] = "550 5.1.1 No such user"
    queue(ANNA, BEN, CARA)
    sent = send()
    assert (sent.sent, sent.refused, sent.retried, sent.trouble) == (2, 1, 0, "")
    assert delivered(sink) == [ANNA, CARA]
    assert states() == {ANNA: ("sent", 1), BEN: ("failed", 1), CARA: ("sent", 1)}
    failed = messages()[BEN]
    assert (failed.trouble, failed.receipt) == ("550 5.1.1 No such user", "")
    assert failed.ended_at is not None
    assert send(timedelta(days=7)) == Sent()


@pytest.mark.parametrize("at", ["refuse_at_rcpt", "refuse_at_data"])
@pytest.mark.parametrize("chance", [0.0, 0.5])
def test_a_temporary_refusal_is_tried_again_after_each_wait_of_the_list_and_then_fails(
    sink: SmtpSink, at: str, chance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "chance", lambda: chance)
    getattr(sink.faults, at)[BEN] = "451 4.7.1 Greylisted"
    queue(ANNA, BEN)
    assert (send().sent, delivered(sink)) == (1, [ANNA])
    passed = timedelta(0)
    for attempt, least in enumerate(RETRY_AFTER, 1):
        wait = least * (1 + SPREAD * chance)
        assert states()[BEN] == ("queued", attempt)
        assert abs(messages()[BEN].ready_at - (START + passed + wait)) < timedelta(seconds=1)
        assert send(passed + wait - timedelta(seconds=5)) == Sent()
        passed += wait + timedelta(seconds=1)
        sent = send(passed)
    assert (sent.retried, sent.refused) == (0, 1)
    assert states()[BEN] == ("failed", 7)
    assert messages()[BEN].trouble == "451 4.7.1 Greylisted"


def test_what_is_accepted_at_a_later_try_is_delivered_once(sink: SmtpSink) -> None:
    sink.faults.refuse_at_data[BEN] = "451 4.7.1 Greylisted"
    queue(BEN)
    send()
    send(timedelta(minutes=2))
    sink.faults.refuse_at_data.clear()
    assert send(timedelta(minutes=8)).sent == 1
    assert delivered(sink) == [BEN]
    assert states() == {BEN: ("sent", 3)}


def test_a_server_that_is_busy_now_and_then_gets_everything_once_and_no_attempt_is_burnt(sink: SmtpSink) -> None:
    sink.faults.busy_every = 4
    addresses = [f"person-{number}@example.test" for number in range(10)]
    queue(*addresses)
    runs = 0
    while any(state == "queued" for state, _ in states().values()):
        send(timedelta(minutes=runs))
        runs += 1
        assert runs < 10
    assert sorted(delivered(sink)) == sorted(addresses)
    assert set(states().values()) == {("sent", 1)}


def test_a_server_that_is_always_busy_is_left_after_three_tries(sink: SmtpSink) -> None:
    sink.faults.busy_every = 1
    queue(*(f"person-{number}@example.test" for number in range(6)))
    sent = send()
    assert sent.could_not_be_used
    assert sent.trouble.startswith("421")
    assert sink.connections == 3
    assert set(states().values()) == {("queued", 0)}


def test_a_closed_port_burns_no_attempt_and_everything_arrives_when_it_opens(core_app: Flask) -> None:
    queue(ANNA, BEN)
    port = free_port()
    with mail_server(core_app, port):
        for minute in range(3):
            sent = send(timedelta(minutes=minute))
            assert sent.could_not_be_used
            assert "ConnectionRefusedError" in sent.trouble
            assert sent.connections == 1
        assert set(states().values()) == {("queued", 0)}
        with SmtpSink(port) as sink:
            assert send(timedelta(minutes=4)).sent == 2
            assert delivered(sink) == [BEN, ANNA] or delivered(sink) == [ANNA, BEN]


def test_a_run_that_reaches_no_server_writes_nothing_however_much_waits(core_app: Flask) -> None:
    """Pages are as quick as ever beside it: it looks whether anything is ready, tries to connect, and counts."""
    queue(*(f"person-{number}@example.test" for number in range(150)))
    with mail_server(core_app, free_port()), counted_statements() as statements:
        assert send().connections == 1
    assert [one.split()[0] for one in statements] == ["SELECT"] * 3


def test_a_connection_is_kept_while_its_sender_waits_longer_than_an_exchange_may_take(
    sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For its turn to write, or for emails that are brought up to date: first after connecting, then between two."""
    monkeypatch.setitem(current_app.config, "CLAIM_LEASE_SECONDS", 0.8)
    with mail.connect() as connection:
        for _ in range(2):
            time.sleep(0.4 + 3 * WATCH_EVERY_SECONDS)
            answer = connection.deliver("from@example.test", ANNA, b"Subject: Plan\r\n\r\nReady\r\n")
            assert answer.verdict is Verdict.ACCEPTED
    assert delivered(sink) == [ANNA, ANNA]
    assert sink.connections == 1


@contextmanager
def raw_server(*, drip: bytes = b"", every: float = 0.3, first: bytes = b"") -> Iterator[int]:
    """A server that takes a connection, says `first` at once and then drips a byte at a time, or says nothing."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)

    def serve() -> None:
        lines: list[socket.socket] = []
        while not over.is_set():
            try:
                line, _address = listener.accept()
            except TimeoutError:
                continue
            lines.append(line)
            line.sendall(first)
            for byte in drip * 1000:
                if over.wait(every):
                    break
                try:
                    line.sendall(bytes([byte]))
                except OSError:
                    break
        for line in lines:
            line.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join()
        listener.close()


def test_a_server_that_never_greets_is_left_within_the_timeout(core_app: Flask) -> None:
    queue(ANNA, BEN)
    with raw_server() as port, mail_server(core_app, port, MAIL_TIMEOUT=1):
        started = time.monotonic()
        sent = send()
        assert 0.9 < time.monotonic() - started < 3
    assert sent.could_not_be_used
    assert set(states().values()) == {("queued", 0)}


@pytest.mark.parametrize(
    ("first", "drip"), [(b"", b"220-slow\r\n"), (b"220 fast\r\n", b"250-slow\r\n"), (b"220 fast\r\n", b"x")]
)
def test_a_server_that_drips_is_left_within_half_the_lease(core_app: Flask, first: bytes, drip: bytes) -> None:
    queue(ANNA)
    with (
        raw_server(first=first, drip=drip) as port,
        mail_server(core_app, port, MAIL_TIMEOUT=10, CLAIM_LEASE_SECONDS=2),
    ):
        started = time.monotonic()
        sent = send()
        assert time.monotonic() - started < 2
    assert sent.could_not_be_used
    assert states() == {ANNA: ("queued", 0)}


def test_a_certificate_that_nobody_trusts_is_refused_and_one_that_is_named_is_accepted(
    core_app: Flask, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path)
    queue(ANNA)
    with SmtpSink(certificate=certificate) as sink:
        with mail_server(core_app, sink.port, MAIL_USE_TLS=True):
            sent = send()
        assert sent.could_not_be_used
        assert "CERTIFICATE_VERIFY_FAILED" in sent.trouble
        assert sink.accepted == []
        with mail_server(core_app, sink.port, MAIL_USE_TLS=True, MAIL_CA_FILE=str(certificate[0])):
            assert send(timedelta(minutes=1)).sent == 1
        assert delivered(sink) == [ANNA]


def test_a_certificate_for_another_name_is_refused(core_app: Flask, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, host="elsewhere.example")
    queue(ANNA)
    with (
        SmtpSink(certificate=certificate) as sink,
        mail_server(core_app, sink.port, MAIL_USE_TLS=True, MAIL_CA_FILE=str(certificate[0]), MAIL_SERVER="localhost"),
    ):
        assert "CERTIFICATE_VERIFY_FAILED" in send().trouble
        assert sink.accepted == []


def test_a_wrong_password_is_tried_once_in_a_run_and_burns_no_attempt(core_app: Flask) -> None:
    queue(ANNA, BEN)
    with SmtpSink(login=("cycle-tracker", "right")) as sink:
        with mail_server(core_app, sink.port, MAIL_USERNAME="cycle-tracker", MAIL_PASSWORD="wrong"):
            sent = send()
        assert sent.could_not_be_used
        assert sent.trouble.startswith("SMTPAuthenticationError")
        assert (sink.failed_logins, sink.connections) == (1, 1)
        assert set(states().values()) == {("queued", 0)}
        with mail_server(core_app, sink.port, MAIL_USERNAME="cycle-tracker", MAIL_PASSWORD="right"):
            assert send(timedelta(minutes=1)).sent == 2
        assert sink.logins == 1


@pytest.mark.parametrize("keep", [True, False])
def test_a_lost_answer_repeats_the_mail_under_the_same_message_id(core_app: Flask, keep: bool) -> None:
    queue(ANNA, BEN)
    with SmtpSink(faults=Faults(drop_after_data=1, keep_dropped=keep)) as sink, mail_server(core_app, sink.port):
        assert send().sent == 1
        assert send(timedelta(minutes=1)).sent == 1
        (dropped,) = sink.dropped
        assert delivered(sink) == ([ANNA, BEN, ANNA] if keep else [BEN, ANNA])
        to_anna = [mail for mail in sink.accepted if mail.recipients == (ANNA,)]
        known = {mail.message["Message-ID"] for mail in (dropped, *to_anna)}
        assert known == {messages()[ANNA].message_id}
        assert states() == {ANNA: ("sent", 1), BEN: ("sent", 1)}


@pytest.mark.parametrize("keep", [True, False])
def test_a_mail_that_may_have_arrived_says_so_until_it_is_sent(core_app: Flask, keep: bool) -> None:
    queue(ANNA, BEN)
    with SmtpSink(faults=Faults(drop_after_data=1, keep_dropped=keep)) as sink, mail_server(core_app, sink.port):
        send()
        assert messages()[ANNA].trouble.startswith(
            "It may have arrived. The mail server did not answer. SMTPServerDisconnected"
        )
        sink.faults.busy_every = 1
        send(timedelta(minutes=1))
        assert messages()[ANNA].trouble.startswith("It may have arrived")
        sink.faults.busy_every = 0
        send(timedelta(minutes=2))
        assert (messages()[ANNA].trouble, messages()[ANNA].receipt) == ("", "250 OK")


def test_a_server_that_is_busy_before_it_has_the_mail_leaves_no_mark_on_it(sink: SmtpSink) -> None:
    sink.faults.busy_every = 1
    queue(ANNA)
    assert send().trouble == "421 4.3.2 Busy, try again later"
    assert (states(), messages()[ANNA].trouble) == ({ANNA: ("queued", 0)}, "")


def test_of_what_a_lost_claim_held_only_the_first_can_have_been_with_the_server(sink: SmtpSink) -> None:
    queue(ANNA, BEN, CARA)
    claim_ready_messages(START, timedelta(seconds=60), not_after=START, limit=10)
    with db.session.begin_nested():
        messages()[ANNA].state = MessageState.SENT  # as its sender recorded it before it stopped
    db.session.commit()
    free_lost_claims(START + timedelta(seconds=61))
    db.session.commit()
    db.session.expire_all()
    assert {address: message.trouble for address, message in messages().items()} == {ANNA: "", BEN: CUT_SHORT, CARA: ""}
    assert send(timedelta(seconds=61)).sent == 2
    assert {message.trouble for message in messages().values()} == {""}


def test_an_address_that_smtp_cannot_carry_is_refused_and_stops_nobody(sink: SmtpSink) -> None:
    queue(ANNA, "jörg@example.test", CARA)
    sent = send()
    assert (sent.sent, sent.refused) == (2, 1)
    assert delivered(sink) == [ANNA, CARA]
    assert states()["jörg@example.test"] == ("failed", 1)


def test_asked_to_stop_it_finishes_the_mail_in_hand_and_puts_the_rest_back(sink: SmtpSink) -> None:
    queue(ANNA, BEN, CARA)
    asked = iter([False, False, False, True])
    sent = send_ready_messages(DAY, ticking(START), stop=lambda: next(asked, True))
    db.session.expire_all()
    assert delivered(sink) == [ANNA, BEN][: sent.sent]
    assert 1 <= sent.sent < 3
    assert [state for state, _ in states().values()] == ["sent"] * sent.sent + ["queued"] * (3 - sent.sent)
    assert {message.claim_id for message in messages().values()} == {None}


def test_what_another_sender_has_in_hand_is_counted_and_left_until_its_lease_is_over(sink: SmtpSink) -> None:
    queue(ANNA)
    lease = timedelta(seconds=60)
    claim_ready_messages(START, lease, not_after=START, limit=10)
    sent = send(timedelta(seconds=30))
    assert (sent.sent, sent.in_other_hands, sent.could_not_be_used) == (0, 1, False)
    assert send(timedelta(seconds=61)).sent == 1


def test_every_mail_has_exactly_the_fixed_headers_and_one_recipient(sink: SmtpSink) -> None:
    queue(ANNA)
    send()
    (mail,) = sink.accepted
    assert mail.recipients == (ANNA,)
    assert mail.sender == "cycle-tracker@example.org"
    assert mail.message.keys() == FIXED_HEADERS
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["To"] == ANNA
    stored = messages()[ANNA]
    assert mail.message["Message-ID"] == stored.message_id == f"<{stored.identity}@example.org>"
    assert mail.message["Date"].datetime == START.astimezone(UTC)
    assert [part.get_content_type() for part in mail.message.iter_parts()] == ["text/plain", "text/html"]


nasty = st.lists(
    st.one_of(
        st.sampled_from(list("\r\n\t\v\f\x00\x1c\x1d\x1e\x7f\x85\u2028\u2029\u200b\ufeff:<>@,;\"' =?é…😀")),
        st.sampled_from(["\r\n Bcc: x@y", "\r\nBcc: x@y\r\n", "\n\nbody", "=?utf-8?q?=0D=0ABcc:_x@y?=", "word " * 30]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=nasty, text=nasty, html=nasty)
def test_no_text_makes_a_header(mail_app: Flask, subject: str, text: str, html: str) -> None:
    with mail_app.app_context():
        raw = compose(
            subject=subject,
            recipient=ANNA,
            text=text,
            html=html,
            message_id="<1@example.org>",
            at=datetime(2026, 5, 14, 7, tzinfo=UTC),
        )
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.keys() == FIXED_HEADERS
    assert message["To"] == ANNA
    assert not message.defects
    head = raw.split(b"\r\n\r\n", 1)[0]
    assert head.isascii()
    assert all(line.startswith(b" ") or line.split(b":")[0].decode() in FIXED_HEADERS for line in head.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_an_address_to_reply_to_is_one_line(mail_app: Flask) -> None:
    with mail_app.app_context():
        raw = compose(
            subject="s",
            recipient=ANNA,
            text="t",
            html="h",
            message_id="<1@example.org>",
            at=START,
            reply_to="a@example.test\r\nBcc: evil@example.test",
        )
    message = message_from_bytes(raw, policy=policy.default)
    assert message.keys() == [*FIXED_HEADERS, "Reply-To"]
    assert message["Bcc"] is None


@pytest.fixture(scope="module")
def mail_app() -> Flask:
    """An app of settings alone, which is all that a mail is built from."""
    app = Flask("mail")
    app.config["MAIL_DEFAULT_SENDER"] = "Cycle Tracker <cycle-tracker@example.org>"
    return app


@pytest.mark.parametrize("trap", ["\r\n Bcc: x@y", "\nBcc: x@y", "\x85Bcc: x@y", "\u2028Bcc: x@y", "\rBcc: x@y"])
def test_titles_and_names_with_line_ends_reach_one_person_under_the_fixed_headers(
    core_app: Flask, sink: SmtpSink, trap: str
) -> None:
    moray = make_partnership("moray", name=f"Moray{trap}")
    owner = make_user(f"Rory{trap}", email="rory@example.test", role=Role.LEAD, partnership=moray)
    make_milestone(moray, title=f"Draft{trap} the plan", due_on=DAY, owner=owner)
    db.session.commit()
    days = Days(core_app, sink)
    days.queue(DAY)
    assert send().sent == 1
    (mail,) = sink.accepted
    assert mail.recipients == ("rory@example.test",)
    assert mail.message.keys() == DIGEST_HEADERS
    assert "\n" not in mail.message["Subject"]
    assert mail.message["Subject"].startswith("Draft Bcc: x@y the plan")


def test_links_come_from_the_settings(core_app: Flask, sink: SmtpSink) -> None:
    moray = make_partnership("moray")
    owner = make_user(role=Role.LEAD, partnership=moray)
    make_milestone(moray, key="2026-29.draft-plan", due_on=DAY, owner=owner)
    db.session.commit()
    days = Days(core_app, sink)
    with mail_server(core_app, sink.port, SERVICE_URL="https://tracker.example.scot"):
        days.queue(DAY)
        send()
    (mail,) = sink.accepted
    for kind in ("plain", "html"):
        part = mail.message.get_body((kind,))
        assert part is not None
        content = part.get_content()
        assert "https://tracker.example.scot/partnerships/moray/milestones/2026-29.draft-plan" in content
        assert "127.0.0.1" not in content


def test_a_message_says_when_it_ended(sink: SmtpSink) -> None:
    queue(ANNA)
    send()
    message = messages()[ANNA]
    assert message.state is MessageState.SENT
    assert message.ended_at is not None
    assert timedelta(0) <= message.ended_at - START < timedelta(seconds=1)
    assert (message.trouble, message.claim_id) == ("", None)
