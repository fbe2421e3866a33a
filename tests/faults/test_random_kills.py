"""kill -9 at random moments (F1): nothing is lost, and a mail comes again at most once for each kill, as the same."""

import random
import signal
import threading
import time
from collections import Counter

import pytest

from tests.faults.checker import Told
from tests.faults.conftest import FALLS_DUE, FELL_DUE, Service, say
from tests.faults.processes import Job, wait_until

LEASE = 2
QUEUE, SEND = "queue-notices", "send-outbox"
SATURDAY, THURSDAY, TUESDAY = "2026-05-16", "2026-05-14", "2026-05-19"


def test_five_kills_lose_nothing_and_repeat_at_most_one_mail_each(service: Service) -> None:
    service.load(overdue=300, due_soon=250, people=80)
    kills = KillsAtRandom(service, most_mails=14)

    for _ in range(2):
        kills.kill_one(QUEUE, THURSDAY)  # or not, where it ends before its moment has come
    assert service.jobs.run(QUEUE, THURSDAY)[0] == 0
    service.sink.faults.delay = 0.005  # some mails are left for each
    for _ in range(3):
        assert kills.kill_one(SEND, THURSDAY)
        service.outlast_leases()  # all that is left is in one claim, that of the dead
    service.sink.faults.delay = 0
    kills.finish(THURSDAY)

    kills.judge(service.of_thursday())
    assert service.escalations() == service.first_rungs(FELL_DUE, "2026-05-12")


@pytest.mark.long
def test_two_hundred_kills_over_ten_thousand_items_lose_nothing_and_repeat_at_most_one_mail_each(
    service: Service,
) -> None:
    """One recipient for each item, and on each of two days something to tell of every one. Both jobs run and are killed
    beside each other; a process that was killed is followed by the next at once."""
    service.load(overdue=5000, due_soon=5000, people=10_000)
    kills = KillsAtRandom(service, most_mails=60)

    kills.spread_over(THURSDAY, 110)
    kills.spread_over(TUESDAY, 210 - kills.counted.total())

    kills.judge(
        service.of_thursday() | service.notified(FELL_DUE, "overdue-8") | service.notified(FALLS_DUE, "before-3"),
    )
    assert kills.counted.total() >= 200
    assert min(kills.counted.values()) >= 20
    assert service.escalations() == service.first_rungs(FELL_DUE, "2026-05-12")


class KillsAtRandom:
    """Kills jobs at random moments; the seed is printed, and pytest shows it where the test fails."""

    def __init__(self, service: Service, *, most_mails: int) -> None:
        self.service = service
        self.most_mails = most_mails
        self.counted: Counter[str] = Counter()
        self.seed = random.randrange(10**6)
        print(f"seed {self.seed}")
        self.random = random.Random(self.seed)
        self.began = time.monotonic()
        service.jobs.run(QUEUE, SATURDAY)  # the first job waits for the imports of all
        started = time.monotonic()
        service.jobs.run(QUEUE, SATURDAY)
        self.startup = time.monotonic() - started  # seconds, on this machine as it is now

    def spread_over(self, day: str, count: int) -> None:
        """Kill so many runs of both jobs, which run beside each other, then finish the day.

        Queueing is killed quicker than sending, so it takes at most half of the kills and then runs to its end: the
        others are left for the sending, which has all of the emails to send by then."""
        wanted = self.counted.total() + count
        most_of_queueing = self.counted[QUEUE] + count // 2
        queued = threading.Event()

        def kill_queueing() -> None:
            while self.counted[QUEUE] < most_of_queueing and self.kill_one(QUEUE, day):
                pass
            self.service.jobs.run(QUEUE, day, within=600)
            queued.set()

        beside = threading.Thread(target=kill_queueing)
        beside.start()
        while self.counted.total() < wanted and (self.kill_one(SEND, day) or not queued.is_set()):
            pass
        beside.join()
        self.finish(day)

    def finish(self, day: str) -> None:
        """Let both jobs finish undisturbed, once the last lease is over."""
        assert self.service.jobs.run(QUEUE, day, within=600)[0] == 0
        self.service.outlast_leases()
        assert self.service.jobs.run(SEND, day, within=600)[0] == 0

    def judge(self, due: set[Told]) -> None:
        """Nothing lost, nothing else told, nothing told in two mails, few repeats of a mail, a sound database."""
        verdict = self.service.judge(due)
        say(
            "F1",
            seed=self.seed,
            kills=dict(self.counted),
            items=len(due),
            lost=len(verdict.lost),
            repeats=verdict.repeats,
            seconds=round(time.monotonic() - self.began),
        )
        assert verdict.faults == {}
        assert verdict.repeats <= self.counted.total()
        assert self.service.is_sound()

    def kill_one(self, name: str, day: str) -> bool:
        """Start a run and kill it at a random moment; False where it ended before."""
        job = self.service.jobs.start(name, day, lease=LEASE)
        if name == SEND:
            self._wait_for_mails(job, self.random.randint(0, self.most_mails))
            time.sleep(self.random.uniform(0, 0.02))
        else:
            time.sleep(self.random.uniform(0.5, 5) * self.startup)  # the short form's work takes five to ten
        if not job.is_running:
            return False
        job.signal(signal.SIGKILL)
        job.ended()
        self.counted[name] += 1
        return True

    def _wait_for_mails(self, job: Job, count: int) -> None:
        wanted = len(self.service.sink.accepted) + count
        wait_until(lambda: len(self.service.sink.accepted) >= wanted or not job.is_running)
