"""kill -9 at every n-th system call of a kind, n = 1, 2, 3 … until a sweep ends alive (F2)."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.conftest import Database
from tests.faults.conftest import FELL_DUE, THURSDAY, Service, say
from tests.faults.tracing import KILLED, TracedSweeps
from tests.support.mail_out import mail_server

TWELVE = 12
AN_HOUR = timedelta(hours=1)
SOME = {
    "sqlite": (("pwrite64", 40), ("pwrite64", 150), ("sendto", 31), ("recvfrom", 30)),
    "postgresql": (("sendto", 31), ("sendto", 180), ("recvfrom", 140)),
}
"""One before anything is sent, the others between the first mail and the last; at the last of each, the server has
taken a mail and we have not yet written so down."""
CALLS = ("pwrite64", "fdatasync", "fsync", "sendto", "recvfrom", "unlink", "ftruncate")
AT_MOST = 2000
"""No sweep of twelve items makes so many calls of a kind: the test would be going round in circles."""


@pytest.fixture
def sweeps(core_app: Flask, database: Database, service: Service) -> Iterator["KilledSweeps"]:
    """Nobody here may hold the database open: its file is copied over from sweep to sweep."""
    with TracedSweeps(THURSDAY, database=database.url, port=service.sink.port) as traced:
        yield KilledSweeps(core_app, database, service, traced)
    db.session.remove()
    db.engine.dispose()


def test_a_kill_at_some_steps_loses_nothing_and_repeats_at_most_one_mail(sweeps: "KilledSweeps") -> None:
    for call, number in SOME[sweeps.database.kind]:
        assert sweeps.kill_at(call, number)
    assert 2 <= sweeps.killed_between_mails < sweeps.killed, "a sweep makes other calls now: choose other numbers"


@pytest.mark.long
@pytest.mark.parametrize("call", CALLS)
def test_a_kill_at_every_step_loses_nothing_and_repeats_at_most_one_mail(sweeps: "KilledSweeps", call: str) -> None:
    began = time.monotonic()
    for number in range(1, AT_MOST):
        if not sweeps.kill_at(call, number):
            break
    else:
        pytest.fail(f"no sweep made fewer than {AT_MOST} calls of {call}")
    seconds = round(time.monotonic() - began)
    say("F2", call=call, kills=sweeps.killed, lost=0, repeats=sweeps.repeats, seconds=seconds)


class KilledSweeps:
    """Sweeps of twelve due items that are killed at one call; each is followed by a whole one, and judged."""

    def __init__(self, app: Flask, database: Database, service: Service, traced: TracedSweeps) -> None:
        self.app = app
        self.database = database
        self.service = service
        self.traced = traced
        self.killed = 0
        self.killed_between_mails = 0
        self.repeats = 0

    def kill_at(self, call: str, number: int) -> bool:
        """Start from the same twelve items, kill at the n-th call, do the rest, and judge; False where it lived."""
        self.start_afresh()
        status = self.traced.run(f"{call}:signal=KILL:when={number}")
        assert status in (0, KILLED)
        between_mails = 0 < len(self.service.sink.accepted) < TWELVE
        self.finish()
        verdict = self.service.judge(self.service.of_thursday())
        assert verdict.faults == {}, (call, number)
        assert verdict.repeats <= (status == KILLED), (call, number)
        assert self.service.escalations() == self.service.first_rungs(FELL_DUE, "2026-05-12"), (call, number)
        assert self.service.is_sound(), (call, number)
        self.killed += status == KILLED
        self.killed_between_mails += status == KILLED and between_mails
        self.repeats += verdict.repeats
        return status == KILLED

    def start_afresh(self) -> None:
        self.database.clean(self.app)
        self.service.forget_mails()
        self.service.load(overdue=8, due_soon=4, people=TWELVE)
        db.session.remove()
        db.engine.dispose()

    def finish(self) -> None:
        """A whole sweep, here and now, by a clock an hour ahead: whatever the dead one had claimed is free by then."""
        self.service.queue()
        with mail_server(self.app, self.service.sink.port):
            send_ready_messages(THURSDAY, lambda: clock.now() + AN_HOUR)
        db.session.remove()
