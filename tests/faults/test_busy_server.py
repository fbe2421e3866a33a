"""A server that is busy or drops the line at every fiftieth mail, and one that does not know us (F8)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import Service, say
from tests.support.smtp_sink import SmtpSink, make_certificate

DAY = "2026-05-14"
RUNS = 3


@pytest.mark.in_full
@pytest.mark.parametrize(("fault", "connections"), [("busy_every", 1), ("drop_every", 4)])
def test_two_hundred_mails_arrive_once_though_every_fiftieth_meets_no_server(
    service: Service, fault: str, connections: int
) -> None:
    send_all(service, fault, 200, connections)


@pytest.mark.long
@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize("fault", ["busy_every", "drop_every"])
def test_a_thousand_mails_arrive_once_though_every_fiftieth_meets_no_server(
    service: Service, fault: str, connections: int
) -> None:
    send_all(service, fault, 1000, connections)


@pytest.mark.long
@pytest.mark.parametrize("connections", [1, 8])
def test_a_wrong_password_is_tried_once_in_a_run_of_a_thousand(service: Service, connections: int) -> None:
    knock_in_vain(service, 1000, connections)


@pytest.mark.long
@pytest.mark.parametrize("connections", [1, 8])
def test_a_certificate_that_nobody_vouches_for_is_looked_at_once_in_a_run(
    service: Service, tmp_path: Path, connections: int
) -> None:
    service.load(overdue=60, due_soon=0, people=60)
    service.queue()
    certificate = make_certificate(tmp_path)
    with SmtpSink(certificate=certificate) as sink:
        settings: dict[str, Any] = {"MAIL_PORT": sink.port, "MAIL_CONNECTIONS": connections, "MAIL_USE_TLS": 1}
        with no_message_changes(service):
            runs = [service.jobs.run("send-outbox", DAY, **settings) for _ in range(RUNS)]
        assert [(status, counts["connections"]) for status, counts in runs] == [(1, 1)] * RUNS
        assert (sink.connections, sink.accepted) == (RUNS, [])
        status, counts = service.jobs.run("send-outbox", DAY, **settings, MAIL_CA_FILE=certificate[0])
    assert (status, counts["sent"]) == (0, 60)


def send_all(service: Service, fault: str, mails: int, connections: int) -> None:
    service.load(overdue=mails, due_soon=0, people=mails)
    service.queue()
    setattr(service.sink.faults, fault, 50)
    runs = 0
    while any(message["state"] == "queued" for message in service.outbox()):
        service.jobs.run("send-outbox", DAY, MAIL_CONNECTIONS=connections)
        runs += 1
        assert runs <= 5
    verdict = service.judge(service.of_thursday())
    assert (verdict.faults, verdict.repeats) == ({}, 0)
    assert Counter((message["state"], message["attempts"]) for message in service.outbox()) == {("sent", 1): mails}
    say("F8", server=fault, mails=mails, connections=connections, runs=runs, knocked=service.sink.connections)


def knock_in_vain(service: Service, mails: int, connections: int) -> None:
    service.load(overdue=mails, due_soon=0, people=mails)
    service.queue()
    with SmtpSink(login=("cycle-tracker", "right")) as sink:
        settings: dict[str, Any] = {
            "MAIL_PORT": sink.port,
            "MAIL_CONNECTIONS": connections,
            "MAIL_USERNAME": "cycle-tracker",
        }
        with no_message_changes(service):
            runs = [service.jobs.run("send-outbox", DAY, **settings, MAIL_PASSWORD="wrong") for _ in range(RUNS)]
        assert [status for status, _ in runs] == [1] * RUNS
        assert (sink.failed_logins, sink.connections) == (RUNS, RUNS)
        say("F8", server="wrong password", mails=mails, connections=connections, runs=RUNS, tries=sink.failed_logins)
        status, counts = service.jobs.run("send-outbox", DAY, **settings, MAIL_PASSWORD="right")
    assert (status, counts["sent"]) == (0, mails)


@contextmanager
def no_message_changes(service: Service) -> Iterator[None]:
    before = service.outbox()
    yield
    assert service.outbox() == before
