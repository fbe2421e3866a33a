"""PostgreSQL crashes and comes back, again and again, under queueing, sending and a web server (F10)."""

import http.client
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cycle_tracker import models
from cycle_tracker.app import create_core_app
from cycle_tracker.core.extensions import db
from tests.conftest import settings_for_tests
from tests.faults.conftest import FELL_DUE, Service, say
from tests.faults.processes import Jobs, wait_until
from tests.support.postgres import Cluster, start_cluster
from tests.support.smtp_sink import SmtpSink
from tests.support.web_server import WebServer

DAY = "2026-05-14"
LEASE = 2
BACK_WITHIN = 10.0  # seconds
BETWEEN_RUNS = 0.2


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A PostgreSQL of this test's own that loses nothing in a crash: the others' does not wait for its disk."""
    made = start_cluster(tmp_path / "cluster", durable=True)
    yield made
    made.remove()


@pytest.mark.in_full
def test_two_crashes_lose_nothing_and_the_pages_are_back_soon(cluster: Cluster, tmp_path: Path) -> None:
    crash_under_load(
        cluster, tmp_path, Load(crashes=2, items=300, every=(0.5, 1.0), visitors=3, pause=0.2, delay=0.005)
    )


@pytest.mark.long
def test_twenty_crashes_lose_nothing_and_the_pages_are_back_soon(cluster: Cluster, tmp_path: Path) -> None:
    load = Load(crashes=20, items=10_000, every=(5.0, 9.0), visitors=50, pause=2.0, delay=0.02)
    refused, asked = crash_under_load(cluster, tmp_path, load)
    assert refused < asked / 100


@dataclass(frozen=True)
class Load:
    """So many crashes over so many due items, the seconds between them, and who asks for pages meanwhile. The mail
    server takes `delay` seconds over each mail, so that mails go out until the last crash."""

    crashes: int
    items: int
    every: tuple[float, float]
    visitors: int
    pause: float
    delay: float


def crash_under_load(cluster: Cluster, folder: Path, load: Load) -> tuple[int, int]:
    """What is lost, repeated and away too long is judged here. Gives how many pages were refused of how many asked."""
    crashes, items = load.crashes, load.items
    app = create_core_app(settings_for_tests(cluster.create_database("crashes")))
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    began = time.monotonic()
    with app.app_context(), SmtpSink(ledger=folder / "ledger") as sink:
        models.load_all()
        db.create_all()
        jobs = Jobs(app.config["DATABASE_URL"], sink.port)
        service = Service(app, jobs, sink, folder / "ledger")
        service.load(overdue=items, due_soon=0, people=items)
        sink.faults.delay = load.delay
        db.session.remove()
        db.engine.dispose()
        with WebServer(app.config["DATABASE_URL"]) as server:
            visitors = Visitors(server, load.visitors, load.pause)
            sender = JobsAgainAndAgain(jobs)
            for crash in range(crashes):  # the first of them while notices are queued, the others over all the mails
                wait_for_mails(sink, crash * items // (crashes + 1))
                time.sleep(moments.uniform(*load.every))
                visitors.expect_nothing()
                cluster.restart(immediate=True)
                visitors.expect_pages()
            wait_until(visitors.all_had_a_page, within=2 * BACK_WITHIN)
            visitors.stop()
            sender.stop()
        service.outlast_leases()
        for job in ("queue-notices", "send-outbox"):
            assert jobs.run(job, DAY, lease=LEASE, within=900)[0] == 0
        verdict = service.judge(service.notified(FELL_DUE, "overdue-1"))
        say(
            "F10",
            seed=seed,
            crashes=crashes,
            items=items,
            lost=len(verdict.lost),
            repeats=verdict.repeats,
            failed_runs=sender.failed,
            asked=visitors.asked,
            refused=visitors.refused,
            longest_away=round(visitors.longest_away, 1),
            seconds=round(time.monotonic() - began),
        )
        assert verdict.faults == {}
        assert verdict.repeats <= crashes
        assert service.escalations() == service.first_rungs(FELL_DUE, "2026-05-12")
        assert visitors.longest_away < BACK_WITHIN
        jobs.end()
        db.session.remove()
        db.engine.dispose()
        return visitors.refused, visitors.asked


def wait_for_mails(sink: SmtpSink, count: int) -> None:
    wait_until(lambda: len(sink.accepted) >= count, within=600)


class JobsAgainAndAgain:
    """Queueing and sending beside each other, begun anew as often as they end, as the scheduler begins them."""

    def __init__(self, jobs: Jobs) -> None:
        self.failed = 0
        self._jobs = jobs
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._go_on, args=(job,), daemon=True) for job in ("queue-notices", "send-outbox")
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self, job: str) -> None:
        while not self._over.wait(BETWEEN_RUNS):
            status, _counts = self._jobs.run(job, DAY, lease=LEASE, within=900)
            self.failed += status != 0


class Visitors:
    """People who ask for the public register, each a few times a second or less, and for how long after a crash it is
    not there for any of them."""

    def __init__(self, server: WebServer, count: int, pause: float) -> None:
        self.asked = 0
        self.refused = 0
        self.longest_away = 0.0
        self._server = server
        self._pause = pause
        self._back = 0.0
        self._had_a_page: set[int] = set()
        self._over = threading.Event()
        self._counting = threading.Lock()
        self._threads = [threading.Thread(target=self._visit, args=(number,), daemon=True) for number in range(count)]
        for thread in self._threads:
            thread.start()

    def expect_nothing(self) -> None:
        """The database goes away: what is not there now is no wonder."""
        self._back = 0.0

    def expect_pages(self) -> None:
        """The database takes connections again."""
        with self._counting:
            self._had_a_page.clear()
            self._back = time.monotonic()

    def all_had_a_page(self) -> bool:
        """Whether each has asked for a page and got it since."""
        return len(self._had_a_page) == len(self._threads)

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, number: int) -> None:
        while not self._over.wait(self._pause):
            asked_at = time.monotonic()
            there = self._is_there()
            with self._counting:
                self.asked += 1
                self.refused += not there
                if not self._back or asked_at <= self._back:
                    continue
                if there:
                    self._had_a_page.add(number)
                else:
                    self.longest_away = max(self.longest_away, time.monotonic() - self._back)

    def _is_there(self) -> bool:
        connection = self._server.connection()
        try:
            connection.request("GET", "/register")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
