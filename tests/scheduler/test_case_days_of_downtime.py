"""The scheduler down from Friday 26 June to 10:00 on Thursday 2 July 2026, with a report due on 30 June."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from datetime import time as clock_time

import pytest
from sqlalchemy import select

from config import ROOT
from cycle_tracker.core.clock import london_day, london_time
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.models.message import Message
from scheduler.catch_up import is_catch_up_due
from tests.conftest import Database
from tests.factories import make_governance_group, make_partnership, make_report, make_user
from tests.support.days import TEN, Days, Told, escalations_as_told, every_day, moment

AILSA, BLAIR = "Ailsa Grant", "Blair Munro"
TITLE = "Annual report on 2025–26"
BACK = date(2026, 7, 2)

OPENED = date(2026, 4, 1)
BEFORE = [
    Told("1 Apr", AILSA, f"{TITLE}, Moray: can be written now", "opens"),
    Told("2 Jun", AILSA, f"{TITLE}, Moray: due in 28 days", "before-28"),
    Told("16 Jun", AILSA, f"{TITLE}, Moray: due in 14 days", "before-14"),
    Told("23 Jun", AILSA, f"{TITLE}, Moray: due in 7 days", "before-7"),
]
CATCH_UP = [
    Told("2 Jul", AILSA, f"{TITLE}, Moray: overdue by 2 days", "overdue-1 over before-1, on-day"),
    Told("2 Jul", BLAIR, f"{TITLE}, Moray: overdue by 2 days", "rung-1"),
]
AFTER = [
    Told("8 Jul", AILSA, f"{TITLE}, Moray: overdue by 8 days", "overdue-8"),
    Told("14 Jul", "Catriona Ross", f"Decision needed: {TITLE}, Moray", "rung-14"),
]
RUNGS = [
    (1, "lead", "30 Jun", "1 Jul", "2 Jul", "", ""),
    (14, "governance-group", "30 Jun", "14 Jul", "14 Jul", "", ""),
]


def enter_report() -> None:
    moray = make_partnership("moray")
    ailsa = make_user(AILSA, role=Role.LEAD, partnership=moray)
    make_user(BLAIR, role=Role.LEAD, partnership=moray)
    make_governance_group(moray, "Catriona Ross")
    make_report(moray, owner=ailsa, title=TITLE, entered_on=date(2026, 4, 1))
    db.session.commit()


def test_days_of_downtime_end_in_one_catch_up_with_the_right_rung(days: Days) -> None:
    enter_report()
    for day in (OPENED, *every_day(date(2026, 6, 1), date(2026, 6, 25))):
        days.run(day)
    days.run(BACK, TEN)
    days.run(BACK, TEN)
    for day in every_day(date(2026, 7, 3), date(2026, 7, 14)):
        days.run(day)
    assert days.notified == [*BEFORE, *CATCH_UP, *AFTER]
    assert escalations_as_told() == RUNGS


@pytest.mark.parametrize(
    ("day", "hour", "has_run", "due"),
    [
        (BACK, "10:00", False, True),
        (BACK, "07:00", False, True),
        (BACK, "06:59", False, False),
        (BACK, "10:00", True, False),
        (date(2026, 7, 4), "10:00", False, False),  # a Saturday
        (date(2026, 6, 15), "10:00", False, False),  # a bank holiday of that year alone
        (date(2026, 1, 2), "10:00", False, False),
    ],
)
def test_a_start_catches_up_after_seven_on_a_working_day_without_a_run(
    day: date, hour: str, has_run: bool, due: bool
) -> None:
    now = london_time(moment(day, clock_time.fromisoformat(hour)))
    assert is_catch_up_due(now, has_run_today=has_run) is due


TRAVELLER = """
import datetime, sys, time_machine
import scheduler.__main__ as process
with time_machine.travel(datetime.datetime.fromisoformat("2026-07-02T10:00:56+01:00"), tick=True):
    sys.exit(process.main([]))
"""


def test_the_process_catches_up_at_its_start_and_stops_when_asked(days: Days, database: Database) -> None:
    """`python -m scheduler` itself, on a clock that starts at 10:00 on 2 July: the mails come within a minute."""
    enter_report()
    for day in (OPENED, *every_day(date(2026, 6, 1), date(2026, 6, 25))):
        days.run(day)
    process = subprocess.Popen(
        [sys.executable, "-c", TRAVELLER],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database.url,
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(days.sink.port),
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        patience = time.monotonic() + 60
        while len(days.sink.accepted) < len(CATCH_UP) and time.monotonic() < patience and process.poll() is None:
            time.sleep(0.1)
        time.sleep(0.5)
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "Today's queue-notices has not run, or did not succeed: it runs now." in said
    assert "Traceback" not in said
    db.session.expire_all()
    days.send(BACK, TEN)
    assert days.notified == [*BEFORE, *sorted(CATCH_UP, key=lambda one: one.recipient)]
    assert escalations_as_told() == RUNGS[:1]
    run = db.session.scalars(select(JobRun).where(JobRun.job == "queue-notices")).one()
    assert (run.ran_for, run.outcome, london_day(run.started_at)) == (BACK, RunOutcome.FINISHED, BACK)
    ended = db.session.scalars(select(Message.ended_at).order_by(Message.id.desc())).first()
    assert ended is not None
    assert (ended - moment(BACK, TEN)).total_seconds() < 15 * 60
