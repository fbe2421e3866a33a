"""Jobs that run twice, at the same time, or wake up late: nothing is told twice."""

import signal
import time

from tests.faults.conftest import FELL_DUE, Service
from tests.faults.processes import wait_until

DAY = "2026-05-14"


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


def test_a_sender_that_slept_past_its_lease_repeats_at_most_the_mail_in_hand(service: Service) -> None:
    service.load(overdue=40, due_soon=0, people=40)
    service.queue()
    service.sink.faults.delay = 0.1

    sleeper = service.jobs.start("send-outbox", DAY, lease=1)
    wait_until(lambda: len(service.sink.accepted) >= 5)
    time.sleep(0.05)  # it has committed by now, and waits for the answer to the next mail
    sleeper.signal(signal.SIGSTOP)
    time.sleep(1.2)
    service.sink.faults.delay = 0
    status_of_other, other = service.jobs.run("send-outbox", DAY, lease=1)
    sleeper.signal(signal.SIGCONT)
    status_of_sleeper, slept = sleeper.ended()

    assert (status_of_other, status_of_sleeper) == (0, 0)
    assert other["sent"] >= 30
    assert slept["lost_claims"] >= 1
    verdict = service.judge(service.of_thursday())
    assert verdict.faults == {}
    assert verdict.repeats <= 1
