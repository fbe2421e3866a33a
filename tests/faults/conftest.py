"""A database with synthetic deadlines, a mail server whose ledger survives, and the jobs as real processes."""

import json
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from cycle_tracker.cli.outbox import outbox
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.message import MailClaim
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.operations.services.synthetic import Wanted, load_synthetic
from scheduler.jobs import Report, queue_notices, run_job
from tests.conftest import BOTH_DATABASES, Database
from tests.faults.checker import Told, Verdict, judge
from tests.faults.processes import Jobs
from tests.support.mail_out import mail_server
from tests.support.smtp_sink import SmtpSink, read_ledger

THURSDAY = date(2026, 5, 14)
FELL_DUE, FALLS_DUE = "2026-05-11", "2026-05-21"  # three days before that Thursday, and seven days after it


def on_both_databases(connections: Collection[int], *, always: Collection[tuple[str, int]]) -> pytest.MarkDecorator:
    """A test over so many lines to the mail server on each of the databases. `make test` runs only what is `always`:
    where the fault bites, and on both where they go about it by other statements."""
    return pytest.mark.parametrize(
        ("database", "connections"),
        [
            pytest.param(kind, number, marks=[] if (kind, number) in always else [pytest.mark.in_full])
            for kind in BOTH_DATABASES
            for number in connections
        ],
        indirect=["database"],
    )


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

    def outlast_leases(self) -> None:
        """Let every lease be over, as if its time had gone by: nobody who holds one is at work."""
        db.session.execute(update(MailClaim).values(leased_until=clock.now() - timedelta(seconds=1)))
        db.session.commit()

    def run_at(self, job: str, at: datetime) -> Report:
        """One run of a job here and now, by a clock that says that it is this moment and goes on from there."""
        with mail_server(self._app, self.sink.port), time_machine.travel(at, tick=True):
            db.session.remove()  # SQLite has one writer at a time, and the job is another one
            return run_job(self._app, job, clock.today())

    def notified(self, due_on: str, step: str) -> set[Told]:
        """The notices of one step for every milestone due on one of the two days."""
        return {
            Told(f"person-{number % self.people:06d}@example.test", f"syn-{number:07d}", due_on, step)
            for number in self.numbers[due_on]
        }

    def of_thursday(self) -> set[Told]:
        """What is due on the Thursday."""
        return self.notified(FELL_DUE, "overdue-1") | self.notified(FALLS_DUE, "before-14")

    def forget_mails(self) -> None:
        """Begin a new page of the ledger, as of a mail server that never took a mail."""
        self.sink.stop()
        self._ledger.unlink(missing_ok=True)
        self.sink.clear()
        self.sink.start()

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

    def is_sound(self) -> bool:
        """Whether the database itself finds nothing wrong with its pages and its references."""
        db.session.remove()
        if db.engine.dialect.name != "sqlite":
            return True  # PostgreSQL recovers from its log before it lets anybody in
        with db.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
            references = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return pages == ["ok"] and not references

    def first_rungs(self, due_on: str, fell_due_on: str) -> list[tuple[str, str, int, str]]:
        """The first rung of every milestone due on one of the two days."""
        return [(f"syn-{number:07d}", due_on, 1, fell_due_on) for number in self.numbers[due_on]]


def say(fault: str, **figures: Any) -> None:
    """One line with what was measured, for those who run the long forms with `-s`."""
    print(json.dumps({"fault": fault, "database": db.engine.dialect.name, **figures}))


@pytest.fixture
def service(core_app: Flask, database: Database, tmp_path: Path) -> Iterator[Service]:
    """An empty service with its mail server up. What is accepted is on disk before the sender is told so."""
    ledger = tmp_path / "ledger"
    with SmtpSink(ledger=ledger) as sink:
        jobs = Jobs(database.url, sink.port)
        yield Service(core_app, jobs, sink, ledger)
        jobs.end()
