"""The mail server is away for an hour (F4): nothing is lost, no attempt is used up, nobody knocks all the time, and the
pages are as quick as before."""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import pytest

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.web_app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import make_user
from tests.faults.conftest import THURSDAY, Service, on_both_databases, say
from tests.faults.minutes import send_when_asked
from tests.faults.processes import FORKS, environment, fork
from tests.support.visits import give_password
from tests.support.web_server import WebServer

LEAD = "lead@example.test"


@on_both_databases([8], always=[("postgresql", 8)])
def test_ten_minutes_without_a_server_use_up_no_attempt_and_then_everything_arrives_once(
    service: Service, database: Database, connections: int
) -> None:
    away_for(service, database, minutes=10, mails=100, connections=connections)


@pytest.mark.long
@pytest.mark.parametrize("connections", [1, 8])
def test_an_hour_without_a_server_uses_up_no_attempt_and_then_everything_arrives_once(
    service: Service, database: Database, connections: int
) -> None:
    away_for(service, database, minutes=60, mails=1000, connections=connections)


@pytest.mark.long
def test_pages_are_as_quick_while_the_server_is_away(service: Service, database: Database) -> None:
    """In each of sixty minutes pages are asked for without a run of the sender, and beside one."""
    service.load(overdue=1000, due_soon=0, people=1000)
    service.queue()
    add_lead(database)
    service.sink.stop()
    alone: list[float] = []
    beside: list[float] = []
    with WebServer(database.url) as web, minutes_of_sending(service, database, 1) as send:
        visit = Visits(web)
        visit.times(40)  # the first pages compile their templates
        for _ in range(60):
            alone += visit.times(20)
            run = threading.Thread(target=send)
            run.start()
            beside += visit.times(20)
            run.join()
    service.sink.start()
    p95 = [statistics.quantiles(times, n=20)[-1] for times in (alone, beside)]
    say("F4", pages=len(beside), p95_alone=round(p95[0], 4), p95_beside_the_sender=round(p95[1], 4))
    assert p95[1] <= 1.1 * p95[0]


def add_lead(database: Database) -> None:
    """Somebody who can sign in: passwords are the web side's."""
    app = create_app(settings_for_tests(database.url))
    with app.app_context():
        give_password(make_user(role=Role.LEAD, partnership=db.session.query(Partnership).first(), email=LEAD))
        db.session.remove()
        db.engine.dispose()


def away_for(service: Service, database: Database, *, minutes: int, mails: int, connections: int) -> None:
    service.load(overdue=mails, due_soon=0, people=mails)
    service.queue()
    service.sink.stop()
    with minutes_of_sending(service, database, connections) as send:
        runs = [send() for _ in range(minutes)]
        while_away = Counter((message["state"], message["attempts"]) for message in service.outbox())
        service.sink.start()
        last = send()
    assert while_away == {("queued", 0): mails}
    assert {run["connections"] for run in runs} == {1}  # in a minute
    assert all("ConnectionRefusedError" in run["trouble"] for run in runs)
    assert (last["sent"], last["connections"], last["trouble"]) == (mails, connections, "")
    assert Counter((message["state"], message["attempts"]) for message in service.outbox()) == {("sent", 1): mails}
    verdict = service.judge(service.of_thursday())
    assert (verdict.faults, verdict.repeats) == ({}, 0)
    say(
        "F4",
        minutes=minutes,
        mails=mails,
        connections=connections,
        tries_to_connect=sum(r["connections"] for r in runs),
    )


@contextmanager
def minutes_of_sending(service: Service, database: Database, connections: int) -> Iterator["Send"]:
    """A sender in a process of its own; each call is its run of the next minute."""
    line, its_end = FORKS.Pipe()
    settings = environment(database.url, service.sink.port, MAIL_CONNECTIONS=connections)
    process = fork(settings, send_when_asked, THURSDAY, its_end)
    its_end.close()
    try:
        yield Send(line)
    finally:
        line.close()
        process.join()


class Send:
    """One more run of the sender; its counts."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def __call__(self) -> dict[str, Any]:
        self._line.send("run")
        return dict(self._line.recv())


class Visits:
    """A lead who looks at their home again and again."""

    def __init__(self, web: WebServer) -> None:
        self._web = web
        self._cookie = web.sign_in(LEAD)

    def times(self, visits: int) -> list[float]:
        """The seconds that each visit took."""
        return [self._visit() for _ in range(visits)]

    def _visit(self) -> float:
        started = time.perf_counter()
        connection = self._web.connection()
        connection.request("GET", "/", headers={"Cookie": self._cookie})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200
        return time.perf_counter() - started
