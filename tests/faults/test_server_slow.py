"""A mail server that is slow or says nothing (F5): a run ends in time, and nobody waits for the database meanwhile."""

import time
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.faults.conftest import Service, say
from tests.faults.processes import Job
from tests.support.slow_server import Slowness, slow_server

DAY = "2026-05-14"
LONGEST_WAIT_OF_A_WRITER = 1.0


@dataclass(frozen=True)
class Slow:
    """A way to be slow, and how many exchanges a run waits for at most until it gives up: one that opens a line, or
    the three mails in a row on which lines drop, opened one after another by then."""

    name: str
    slowness: Slowness
    exchanges: int

    def __str__(self) -> str:
        return self.name


def ways(command: float, byte: float) -> list[Slow]:
    return [
        Slow("no banner", Slowness(greets=False), 1),
        Slow("a byte at a time", Slowness(each_byte=byte), 6),
        Slow("each command", Slowness(each_command=command), 1),
        Slow("the answer to the mail", Slowness(each_command=command, command=b"."), 3),
    ]


@pytest.mark.in_full
@pytest.mark.parametrize("slow", ways(command=3, byte=0.1), ids=str)
def test_a_slow_server_holds_neither_the_run_nor_the_database(service: Service, slow: Slow) -> None:
    send_to(service, slow, timeout=1, lease=4, connections=4, mails=40)


@pytest.mark.long
@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize("slow", ways(command=30, byte=1), ids=str)
def test_a_server_that_takes_thirty_seconds_holds_neither_the_run_nor_the_database(
    service: Service, slow: Slow, connections: int
) -> None:
    send_to(service, slow, timeout=10, lease=60, connections=connections, mails=200)


def send_to(service: Service, slow: Slow, *, timeout: int, lease: int, connections: int, mails: int) -> None:
    started = time.monotonic()
    service.jobs.run("send-outbox", DAY)  # with nothing to send
    starting = time.monotonic() - started
    service.load(overdue=mails, due_soon=0, people=mails)
    service.queue()
    with slow_server(slow.slowness) as server:
        started = time.monotonic()
        job = service.jobs.start(
            "send-outbox", DAY, lease=lease, MAIL_PORT=server.port, MAIL_TIMEOUT=timeout, MAIL_CONNECTIONS=connections
        )
        longest_wait = write_beside(job)
        status, counts = job.ended()
        took = time.monotonic() - started
    say(
        "F5",
        server=slow.name,
        connections=connections,
        seconds=round(took, 1),
        of_these_starting=round(starting, 1),
        longest_wait_of_a_writer=round(longest_wait, 3),
        knocked=server.connections,
    )
    longest_exchange = max(timeout, lease / 2)
    assert took < 3 * starting + 5 + slow.exchanges * longest_exchange
    assert longest_wait <= LONGEST_WAIT_OF_A_WRITER
    assert (status, counts["sent"]) == (1, 0)
    assert {(message["state"], message["attempts"]) for message in service.outbox()} == {("queued", 0)}

    sent = service.jobs.run("send-outbox", DAY, lease=lease, MAIL_CONNECTIONS=connections)[1]["sent"]
    assert sent == mails
    assert service.judge(service.of_thursday()).faults == {}


def write_beside(job: Job) -> float:
    """Write to the database all the time that the job runs; the longest that a write took, in seconds."""
    longest = 0.0
    while job.is_running:
        started = time.monotonic()
        db.session.execute(text("UPDATE partnerships SET name = name"))
        db.session.commit()
        longest = max(longest, time.monotonic() - started)
        time.sleep(0.02)
    db.session.remove()
    return longest
