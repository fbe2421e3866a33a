"""Servers that are slow, busy, closed or not who they say they are."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, current_app

from cycle_tracker.mail.rules import Verdict
from cycle_tracker.mail.smtp import WATCH_EVERY_SECONDS, mail
from tests.mail.services.conftest import ANNA, BEN, delivered, queue, send, states
from tests.support.mail_out import mail_server
from tests.support.pages import counted_statements
from tests.support.postgres import free_port
from tests.support.smtp_sink import SmtpSink, make_certificate


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
