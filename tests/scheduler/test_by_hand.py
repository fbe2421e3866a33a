"""`python -m scheduler run …` as a real process: its last line, its exit status, and what it never imports."""

import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from config import ROOT
from cycle_tracker.audit.queries.seals import find_head
from cycle_tracker.audit.services.audit import record
from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.models.message import Message
from cycle_tracker.models.notice import Notice
from scheduler.__main__ import main
from scheduler.jobs import run_job
from tests.conftest import Database
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.days import Days
from tests.support.mail_out import mail_server
from tests.support.postgres import free_port


def run_by_hand(*arguments: str, url: str, port: int) -> tuple[int, list[str], str]:
    """The process's exit status, its lines of output, and what it logged."""
    done = subprocess.run(
        [sys.executable, "-m", "scheduler", "run", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


def enter_step() -> None:
    moray = make_partnership("moray")
    owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)
    make_milestone(moray, due_on=date(2026, 5, 14), owner=owner)
    db.session.commit()


def test_each_job_runs_by_hand_and_ends_in_one_line_of_counts(days: Days, database: Database) -> None:
    enter_step()
    status, lines, _ = run_by_hand("queue-notices", "--on", "2026-05-14", url=database.url, port=days.sink.port)
    report = json.loads(lines[-1])
    assert status == 0
    assert report.pop("seconds") >= 0
    assert report == {
        "job": "queue-notices",
        "on": "2026-05-14",
        "working_day": 1,
        "milestones": 1,
        "notices": 1,
        "unreachable": 0,
        "escalations": 0,
        "skipped": 0,
        "messages": 1,
        "notices_in_messages": 1,
        "failed": 0,
        "missed_runs": 0,
        "folded": 0,
        "acts_on_behalf": 0,
        "clerks_asked": 0,
        "undecided": 0,
    }
    status, lines, _ = run_by_hand("send-outbox", "--on", "2026-05-14", url=database.url, port=days.sink.port)
    report = json.loads(lines[-1])
    assert (status, report["sent"], report["connections"]) == (0, 1, 1)
    assert report["seconds"] >= 0
    assert [mail.message["Subject"] for mail in days.sink.accepted] == ["Draft the plan, Moray: due today"]
    status, lines, _ = run_by_hand("send-account-mails", url=database.url, port=days.sink.port)
    assert (status, json.loads(lines[-1])["sent"]) == (0, 0)


@pytest.mark.alike_on_both_databases
@pytest.mark.parametrize("job", ["seal-audit", "seal-whole-audit"])
def test_the_audit_is_sealed_by_hand_in_a_process_that_loads_little_else(
    core_app: Flask, database: Database, job: str
) -> None:
    owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=make_partnership("moray"))
    db.session.flush()
    record("user", owner.id, "invited", by=owner, at=now() - timedelta(minutes=5))
    db.session.commit()
    status, lines, _ = run_by_hand(job, url=database.url, port=free_port())
    assert (status, json.loads(lines[-1])["sealed"]) == (0, 1)
    assert find_head() is not None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_run_by_hand_leaves_all_that_it_wrote_in_one_file(core_app: Flask, database: Database) -> None:
    enter_step()
    db.session.remove()
    db.engine.dispose()
    status, _, _ = run_by_hand("queue-notices", "--on", "2026-05-14", url=database.url, port=free_port())
    file = database.url.removeprefix("sqlite:///")
    assert status == 0
    assert not Path(f"{file}-wal").exists()


@pytest.mark.alike_on_both_databases
def test_a_closed_mail_server_is_exit_status_1_and_loses_nothing(core_app: Flask, database: Database) -> None:
    enter_step()
    run_job(core_app, "queue-notices", date(2026, 5, 14))
    status, lines, _ = run_by_hand("send-outbox", "--on", "2026-05-14", url=database.url, port=free_port())
    assert status == 1
    assert lines[-2].startswith("The mail server: ConnectionRefusedError")
    assert json.loads(lines[-1])["sent"] == 0
    message = db.session.scalars(select(Message)).one()
    assert (message.state, message.attempts) == ("queued", 0)


def test_a_database_that_cannot_be_reached_is_exit_status_1() -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    status, lines, _ = run_by_hand("queue-notices", "--on", "2026-05-14", url=url, port=1)
    assert status == 1
    assert lines[0].startswith("The database cannot be used")
    assert set(json.loads(lines[-1])) == {"job", "on", "seconds"}


@pytest.mark.parametrize("day", [date(2026, 6, 13), date(2026, 6, 15), date(2026, 1, 2)])
def test_a_day_that_is_no_working_day_queues_nothing_and_says_so(core_app: Flask, day: date) -> None:
    moray = make_partnership("moray")
    make_milestone(moray, due_on=day, owner=make_user(role=Role.LEAD, partnership=moray))
    db.session.commit()
    report = run_job(core_app, "queue-notices", day)
    assert report.usable
    assert report.said == f"{day:%A %-d %B %Y} is not a working day in Scotland: nothing is queued."
    assert report.counts["working_day"] == 0
    assert db.session.scalar(select(func.count(Notice.id))) == 0


def test_every_run_leaves_a_row_that_says_how_it_went(core_app: Flask) -> None:
    enter_step()
    run_job(core_app, "queue-notices", date(2026, 5, 14))
    with mail_server(core_app, free_port()):
        run_job(core_app, "send-outbox", date(2026, 5, 14))
    queued, sent = db.session.scalars(select(JobRun).order_by(JobRun.id))
    assert (queued.job, queued.ran_for, queued.outcome, queued.error) == (
        "queue-notices",
        date(2026, 5, 14),
        RunOutcome.FINISHED,
        "",
    )
    assert queued.counts["notices"] == 1
    assert (sent.job, sent.outcome) == ("send-outbox", RunOutcome.FAILED)
    assert "ConnectionRefusedError" in sent.error
    assert sent.ended_at is not None
    assert sent.started_at <= sent.ended_at <= now()


def test_an_unknown_job_or_day_is_refused() -> None:
    for arguments in (["run", "make-tea"], ["run", "queue-notices", "--on", "yesterday"]):
        with pytest.raises(SystemExit) as refused:
            main(arguments)
        assert refused.value.code == 2


def modules_loaded_by(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{statement}; import sys; print(*sys.modules)"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_a_run_by_hand_loads_neither_the_web_side_nor_the_scheduling_library() -> None:
    services = [
        f"cycle_tracker.{name}"
        for name in (
            "operations.services.alarms",
            "audit.services.seals",
            "reminders.services.digests",
            "mail.services.outbox",
            "reminders.services.reminders",
        )
    ]
    loaded = modules_loaded_by(f"import scheduler.__main__, {', '.join(services)}")
    assert loaded.issuperset({"scheduler.jobs", *services})
    assert not [name for name in loaded if re.match(r"cycle_tracker\.(\w+\.)?(web|cli|pages)|apscheduler", name)]
    assert not loaded & {"wtforms", "flask_wtf"}


def test_what_costs_over_a_fiftieth_of_the_daily_jobs_is_loaded_only_where_it_is_used() -> None:
    loaded = modules_loaded_by("import scheduler.__main__")
    assert "scheduler.jobs" in loaded
    assert not loaded & {
        "apscheduler",
        "cycle_tracker.audit.services.seals",
        "holidays",
        "sqlalchemy.dialects.postgresql",
    }


def test_a_run_that_the_database_ends_says_nothing_of_what_it_was_writing(
    days: Days, caplog: pytest.LogCaptureFixture
) -> None:
    """What was to be stored has the text of a mail in it and the key of its placeholders. The error of a run is logged,
    shown to administrators and mailed to them."""
    enter_step()
    db.session.execute(text("ALTER TABLE message_bodies RENAME TO bodies_elsewhere"))
    db.session.commit()
    try:
        report = run_job(days.app, "queue-notices", date(2026, 5, 14))
    finally:
        db.session.rollback()
        db.session.execute(text("ALTER TABLE bodies_elsewhere RENAME TO message_bodies"))
        db.session.commit()
    error = db.session.scalars(select(JobRun.error)).one()
    assert not report.usable
    assert "message_bodies" in error
    assert "INSERT" not in error
    for notified in (error, report.said, caplog.text):
        assert "Content-Type" not in notified
        assert "[parameters" not in notified
