"""Jobs that run twice, at the same time, or wake up late: nothing is told twice."""

import signal
import time

import pytest

from tests.faults.conftest import FELL_DUE, Service, on_both_databases, say
from tests.faults.processes import wait_until

DAY = "2026-05-14"


@pytest.mark.in_full
def test_three_queueings_at_once_and_one_more_tell_everything_once(service: Service) -> None:
    service.load(overdue=400, due_soon=200, people=60)

    three = [service.jobs.start("queue-notices", DAY) for _ in range(3)]
    ended = [job.ended() for job in three]
    status_of_fourth, fourth = service.jobs.run("queue-notices", DAY)
    service.jobs.run("send-outbox", DAY)

    assert [status for status, _ in ended] == [0, 0, 0]
    assert sum(counts["notices"] for _, counts in ended) == 600
    assert sum(counts["messages"] for _, counts in ended) == 60
    assert (status_of_fourth, fourth["notices"], fourth["messages"], fourth["escalations"]) == (0, 0, 0, 0)
    verdict = service.judge(service.of_thursday())
    assert (verdict.faults, verdict.repeats) == ({}, 0)
    assert len(service.outbox()) == 60
    assert service.escalations() == service.first_rungs(FELL_DUE, "2026-05-12")


@pytest.mark.in_full
def test_two_senders_at_once_send_each_mail_once(service: Service) -> None:
    service.load(overdue=300, due_soon=0, people=300)
    service.queue()
    service.sink.faults.delay = 0.002

    two = [service.jobs.start("send-outbox", DAY) for _ in range(2)]
    ended = [job.ended() for job in two]

    assert [status for status, _ in ended] == [0, 0]
    assert sum(counts["sent"] for _, counts in ended) == 300
    verdict = service.judge(service.of_thursday())
    assert (verdict.faults, verdict.repeats) == ({}, 0)


@on_both_databases([1, 4], always=[("sqlite", 1), ("postgresql", 4)])
def test_a_sender_that_slept_past_its_lease_repeats_at_most_the_mail_in_hand_on_each_line(
    service: Service, connections: int
) -> None:
    sleep_through(service, connections)


@pytest.mark.long
@pytest.mark.parametrize("round_", range(50))
def test_a_sender_that_sleeps_repeats_at_most_the_mail_in_hand_fifty_times_over(service: Service, round_: int) -> None:
    """F12. It is put to sleep at another moment each time; every fifth time it has four lines."""
    sleep_through(service, 1 if round_ % 5 else 4, after=round_ % 7, moment=0.02 * (round_ % 10))


def sleep_through(service: Service, connections: int, *, after: int = 5, moment: float = 0.05) -> None:
    """Stop a sender that has sent `after` mails, `moment` seconds later; let another send; wake the first up."""
    service.load(overdue=60, due_soon=0, people=60)
    service.queue()
    service.sink.faults.delay = 0.1

    sleeper = service.jobs.start("send-outbox", DAY, MAIL_CONNECTIONS=connections)
    wait_until(lambda: len(service.sink.accepted) >= after)
    time.sleep(moment)
    # Each of its lines waits for an answer, and has no transaction open that the other would have to wait for.
    service.sink.faults.delay = 0.5
    time.sleep(0.1)
    wait_until(lambda: service.sink.mails_now == connections)
    sleeper.signal(signal.SIGSTOP)
    wait_until(lambda: sleeper.is_stopped)
    service.outlast_leases()
    service.sink.faults.delay = 0
    _, other = service.jobs.run("send-outbox", DAY, MAIL_CONNECTIONS=connections)
    taken = len(service.sink.accepted)
    sleeper.signal(signal.SIGCONT)
    _, slept = sleeper.ended()
    assert service.jobs.run("send-outbox", DAY, MAIL_CONNECTIONS=connections)[0] == 0  # undisturbed

    assert other["sent"] > 0
    verdict = service.judge(service.of_thursday())
    assert verdict.faults == {}
    assert verdict.repeats <= connections
    say(
        "F12",
        connections=connections,
        sent_by_the_other=other["sent"],
        lost_claims=slept["lost_claims"],
        repeats=verdict.repeats,
        sent_after_waking=len(service.sink.accepted) - taken,
    )
