"""A database with synthetic deadlines, a mail server whose ledger survives, and the jobs as real processes."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.cli.outbox import outbox
from cycle_tracker.extensions import db
from cycle_tracker.models import Escalation, Milestone
from cycle_tracker.services.synthetic import Wanted, load_synthetic
from scheduler.jobs import queue_notices
from tests.conftest import Database
from tests.faults.checker import Told, Verdict, judge
from tests.faults.processes import Jobs
from tests.support.smtp_sink import SmtpSink, read_ledger

THURSDAY = date(2026, 5, 14)
FELL_DUE, FALLS_DUE = "2026-05-11", "2026-05-21"  # three days before that Thursday, and seven days after it


class Service:
    """The whole of it, as a test sees it. The first milestones fell due on FELL_DUE, the others fall due later."""

    def __init__(self, app: Flask, jobs: Jobs, sink: SmtpSink, ledger: Path) -> None:
        self._app = app
        self._ledger = ledger
        self.jobs = jobs
        self.sink = sink
        self.people = 0
        self.numbers: dict[str, range] = {}

    def load(self, *, overdue: int, due_soon: int, people: int) -> None:
        """Put milestones in, all of whose owners have some that are overdue."""
        load_synthetic(Wanted(3, people, overdue + due_soon, overdue, due_soon), THURSDAY)
        db.session.commit()
        self.people = people
        self.numbers = {FELL_DUE: range(overdue), FALLS_DUE: range(overdue, overdue + due_soon)}

    def queue(self) -> None:
        """Queue what is due on the Thursday here and now, where queueing is not what is tried."""
        queue_notices(THURSDAY)
        db.session.remove()

    def told(self, due_on: str, step: str) -> set[Told]:
        """The notices of one step for every milestone due on one of the two days."""
        return {
            Told(f"person-{number % self.people:06d}@example.test", f"syn-{number:07d}", due_on, step)
            for number in self.numbers[due_on]
        }

    def of_thursday(self) -> set[Told]:
        """What is due on the Thursday."""
        return self.told(FELL_DUE, "overdue-1") | self.told(FALLS_DUE, "before-14")

    def outbox(self) -> list[dict[str, Any]]:
        """What `flask outbox --json` prints."""
        done = self._app.test_cli_runner().invoke(outbox, ["--json"])
        assert done.exit_code == 0, done.output
        messages: list[dict[str, Any]] = json.loads(done.output)
        return messages

    def judge(self, due: set[Told]) -> Verdict:
        """What the checker makes of the ledger, the outbox and the notices due."""
        return judge(read_ledger(self._ledger), self.outbox(), due)

    def escalations(self) -> list[tuple[str, str, int, str]]:
        """Every escalation: the milestone's key, its due date, the rung, and the day it fell due."""
        rows = db.session.execute(
            select(Milestone.key, Escalation.due_on, Escalation.rung, Escalation.fell_due_on)
            .join(Escalation.milestone)
            .order_by(Milestone.key, Escalation.rung)
        ).all()
        db.session.rollback()
        return [(key, str(due_on), rung, str(fell_due_on)) for key, due_on, rung, fell_due_on in rows]

    def first_rungs(self, due_on: str, fell_due_on: str) -> list[tuple[str, str, int, str]]:
        """The first rung of every milestone due on one of the two days."""
        return [(f"syn-{number:07d}", due_on, 1, fell_due_on) for number in self.numbers[due_on]]


@pytest.fixture
def service(core_app: Flask, database: Database, tmp_path: Path) -> Iterator[Service]:
    """An empty service with its mail server up. What is accepted is on disk before the sender is told so."""
    ledger = tmp_path / "ledger"
    with SmtpSink(ledger=ledger) as sink:
        jobs = Jobs(database.url, sink.port)
        yield Service(core_app, jobs, sink, ledger)
        jobs.end()
