"""A mail server that is not there, and a sender that is asked to stop: nothing is lost and nothing comes twice."""

import signal
from collections import Counter

import pytest

from tests.faults.conftest import Service
from tests.faults.processes import wait_until

DAY = "2026-05-14"
SOON = 5.0  # seconds


@pytest.mark.in_full
def test_a_refused_connection_fails_the_run_and_uses_up_no_attempt(service: Service) -> None:
    service.load(overdue=40, due_soon=0, people=20)
    service.queue()

    service.sink.stop()
    status_while_closed, _ = service.jobs.run("send-outbox", DAY)
    while_closed = [(message["state"], message["attempts"]) for message in service.outbox()]
    service.sink.start()
    status_once_open, counts = service.jobs.run("send-outbox", DAY)

    assert status_while_closed == 1
    assert while_closed == [("queued", 0)] * 20
    assert (status_once_open, counts["sent"]) == (0, 20)
    verdict = service.judge(service.of_thursday())
    assert (verdict.faults, verdict.repeats) == ({}, 0)


@pytest.mark.in_full
@pytest.mark.parametrize("connections", [1, 4])
def test_a_sender_that_is_asked_to_stop_finishes_each_mail_in_hand_and_puts_the_rest_back(
    service: Service, connections: int
) -> None:
    service.load(overdue=120, due_soon=0, people=120)
    service.queue()
    service.sink.faults.delay = 0.1

    sender = service.jobs.start("send-outbox", DAY, MAIL_CONNECTIONS=connections)
    wait_until(lambda: len(service.sink.accepted) >= 3 * connections)
    sender.signal(signal.SIGTERM)
    status, counts = sender.ended(within=SOON)
    states = Counter(message["state"] for message in service.outbox())
    accepted = len(service.sink.accepted)
    service.sink.faults.delay = 0
    service.jobs.run("send-outbox", DAY)

    assert (status, counts["sent"]) == (0, accepted)
    assert states == {"sent": accepted, "queued": 120 - accepted}
    verdict = service.judge(service.of_thursday())
    assert (verdict.faults, verdict.repeats) == ({}, 0)


@pytest.mark.in_full
def test_a_killed_sender_repeats_at_most_the_mail_in_hand_on_each_of_its_lines(service: Service) -> None:
    service.load(overdue=160, due_soon=0, people=160)
    service.queue()
    service.sink.faults.delay = 0.05

    for _ in range(3):
        taken = len(service.sink.accepted)
        sender = service.jobs.start("send-outbox", DAY, MAIL_CONNECTIONS=4)
        wait_until(lambda taken=taken: len(service.sink.accepted) >= taken + 9)  # type: ignore[misc]
        sender.signal(signal.SIGKILL)
        sender.ended()
        service.outlast_leases()
    service.sink.faults.delay = 0
    service.jobs.run("send-outbox", DAY, MAIL_CONNECTIONS=4)

    verdict = service.judge(service.of_thursday())
    assert verdict.faults == {}
    assert verdict.repeats <= 3 * 4
