"""kill -9 at random moments: nothing is lost, and a mail comes again at most once for each kill, as the same mail."""

import random
import signal
import time

import pytest

from tests.faults.checker import Told
from tests.faults.conftest import FALLS_DUE, FELL_DUE, Service
from tests.faults.processes import Job, wait_until

LEASE = 2
QUEUE, SEND = "queue-notices", "send-outbox"
SATURDAY = "2026-05-16"


def test_five_kills_lose_nothing_and_repeat_at_most_one_mail_each(service: Service) -> None:
    service.load(overdue=300, due_soon=250, people=55)
    kills = KillsAtRandom(service)

    kills.spread_over("2026-05-14", [QUEUE, QUEUE, SEND, SEND, SEND])

    assert kills.counted == 5
    kills.judge(service.of_thursday())
    assert service.escalations() == service.first_rungs(FELL_DUE, "2026-05-12")


@pytest.mark.faults
def test_fifty_kills_over_five_days_lose_nothing_and_repeat_at_most_one_mail_each(service: Service) -> None:
    service.load(overdue=1200, due_soon=800, people=150)
    kills = KillsAtRandom(service)

    for day in ("2026-05-14", "2026-05-18", "2026-05-19", "2026-05-21", "2026-05-22"):
        kills.spread_over(day, [QUEUE, SEND, QUEUE, SEND, QUEUE, SEND, QUEUE, SEND, SEND, SEND])

    assert kills.counted == 50
    kills.judge(
        service.of_thursday()
        | service.told(FALLS_DUE, "before-3")
        | service.told(FELL_DUE, "overdue-8")
        | service.told(FALLS_DUE, "on-day")
        | service.told(FALLS_DUE, "overdue-1")
    )
    assert service.escalations() == [
        *service.first_rungs(FELL_DUE, "2026-05-12"),
        *service.first_rungs(FALLS_DUE, "2026-05-22"),
    ]


class KillsAtRandom:
    """Kills jobs at random moments; the seed is printed, and pytest shows it where the test fails."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.counted = 0
        seed = random.randrange(10**6)
        print(f"seed {seed}")
        self.random = random.Random(seed)
        service.sink.faults.delay = 0.005
        started = time.monotonic()
        service.jobs.run(QUEUE, SATURDAY)
        self.startup = time.monotonic() - started  # seconds, on this machine as it is now

    def spread_over(self, day: str, names: list[str]) -> None:
        """Kill each of these runs of jobs, then let both jobs finish undisturbed, once the last lease is over."""
        mails_each = self.service.people // (names.count(SEND) + 1)
        for name in names:
            # A run that ends before its moment has come does not count. Then it is the other job's turn: either it
            # has something to do, or it makes something to do for this one.
            while not self._kill_one(name, day, mails_each):
                name = SEND if name == QUEUE else QUEUE
        assert self.service.jobs.run(QUEUE, day)[0] == 0
        time.sleep(LEASE)
        assert self.service.jobs.run(SEND, day)[0] == 0

    def judge(self, due: set[Told]) -> None:
        """Nothing lost, nothing else told, nothing told in two mails, and few repeats of the same mail."""
        verdict = self.service.judge(due)
        assert verdict.faults == {}
        assert verdict.repeats <= self.counted

    def _kill_one(self, name: str, day: str, most_mails: int) -> bool:
        """Start a run and kill it at a random moment; False where it ended before."""
        job = self.service.jobs.start(name, day, lease=LEASE)
        if name == SEND:
            self._wait_for_mails(job, self.random.randint(0, most_mails))
            time.sleep(self.random.uniform(0, 0.02))
        else:
            time.sleep(self.random.uniform(0.5, 1.8) * self.startup)
        if not job.is_running:
            return False
        job.signal(signal.SIGKILL)
        job.ended()
        self.counted += 1
        if name == SEND:
            time.sleep(LEASE)
        return True

    def _wait_for_mails(self, job: Job, count: int) -> None:
        wanted = len(self.service.sink.accepted) + count
        wait_until(lambda: len(self.service.sink.accepted) >= wanted or not job.is_running)
