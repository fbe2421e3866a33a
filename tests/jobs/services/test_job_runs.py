"""Each run is written down with who ran it, and each working day without one, once."""

from datetime import date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.queries import (
    QUEUE_NOTICES,
    SEND_OUTBOX,
    failing_since,
    latest_run,
    list_missed_days,
    seen_last_at,
)
from cycle_tracker.jobs.services.job_runs import end_run, note_missed_runs, start_run
from cycle_tracker.jobs.services.processes import this_process
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.models.message import MailClaim
from tests.support.parallel import at_once

THURSDAY = date(2026, 7, 2)
NOW = datetime(2026, 7, 2, 10, 0, tzinfo=LONDON)
MISSED = [date(2026, 7, 1), date(2026, 6, 30), date(2026, 6, 29)]


def ran(job: str, day: date, at: datetime = NOW, outcome: RunOutcome = RunOutcome.FINISHED) -> int:
    run_id = start_run(job, day, at)
    if outcome is not RunOutcome.RUNNING:
        end_run(run_id, outcome, at + timedelta(seconds=5), counts={})
    return run_id


def test_a_run_says_which_process_ran_it(core_app: Flask) -> None:
    ran(SEND_OUTBOX, THURSDAY)
    run = latest_run(SEND_OUTBOX)
    assert run is not None
    assert run.holder == this_process()
    assert " process " in run.holder


def test_working_days_without_a_run_are_written_down_once(core_app: Flask) -> None:
    ran(QUEUE_NOTICES, date(2026, 6, 26))
    assert [note_missed_runs(QUEUE_NOTICES, THURSDAY, NOW) for _ in range(2)] == [3, 0]
    assert list_missed_days(QUEUE_NOTICES) == MISSED
    ran(QUEUE_NOTICES, THURSDAY)
    assert note_missed_runs(QUEUE_NOTICES, THURSDAY, NOW) == 0
    assert note_missed_runs(QUEUE_NOTICES, date(2026, 7, 3), NOW) == 0


def test_a_day_that_is_run_after_all_was_not_missed(core_app: Flask) -> None:
    """As when a clock that ran ahead is put right."""
    ran(QUEUE_NOTICES, date(2026, 6, 26))
    note_missed_runs(QUEUE_NOTICES, THURSDAY, NOW)
    ran(QUEUE_NOTICES, date(2026, 6, 30))
    assert list_missed_days(QUEUE_NOTICES) == [date(2026, 7, 1), date(2026, 6, 29)]


def test_a_service_that_never_ran_has_missed_nothing(core_app: Flask) -> None:
    assert note_missed_runs(QUEUE_NOTICES, THURSDAY, NOW) == 0


def test_a_missed_run_is_no_run(core_app: Flask) -> None:
    ran(QUEUE_NOTICES, date(2026, 6, 26), NOW - timedelta(days=6))
    note_missed_runs(QUEUE_NOTICES, THURSDAY, NOW)
    run = latest_run(QUEUE_NOTICES)
    assert run is not None
    assert run.ran_for == date(2026, 6, 26)


def test_of_four_processes_at_once_one_writes_the_missed_days(core_app: Flask) -> None:
    ran(QUEUE_NOTICES, date(2026, 6, 26))
    db.session.remove()
    four = [lambda: note_missed_runs(QUEUE_NOTICES, THURSDAY, NOW)] * 4
    assert sorted(at_once(core_app, *four)) == [0, 0, 0, 3]
    assert len(db.session.scalars(select(JobRun).where(JobRun.outcome == RunOutcome.MISSED)).all()) == 3


def test_the_scheduler_was_seen_when_a_run_began_or_ended_or_while_its_claim_holds(core_app: Flask) -> None:
    assert seen_last_at(NOW) is None
    ran(SEND_OUTBOX, THURSDAY, NOW - timedelta(minutes=9))
    assert seen_last_at(NOW) == NOW - timedelta(minutes=9) + timedelta(seconds=5)
    ran(SEND_OUTBOX, THURSDAY, NOW - timedelta(minutes=8), RunOutcome.RUNNING)
    assert seen_last_at(NOW) == NOW - timedelta(minutes=8)
    claim = MailClaim(id="c" * 32, holder="another process 1", leased_until=NOW + timedelta(seconds=30))
    db.session.add(claim)
    db.session.commit()
    assert seen_last_at(NOW) == NOW - timedelta(minutes=8)
    claim.holder = this_process()
    db.session.commit()
    assert seen_last_at(NOW) == NOW
    assert seen_last_at(NOW + timedelta(seconds=31)) == NOW - timedelta(minutes=8)


def test_runs_fail_in_a_row_since_the_first_after_the_last_good_one(core_app: Flask) -> None:
    assert failing_since(SEND_OUTBOX) is None
    for minutes, outcome in (
        (9, RunOutcome.FAILED),
        (8, RunOutcome.FINISHED),
        (7, RunOutcome.FAILED),
        (6, RunOutcome.FAILED),
    ):
        ran(SEND_OUTBOX, THURSDAY, NOW - timedelta(minutes=minutes), outcome)
    first = failing_since(SEND_OUTBOX)
    assert first is not None
    assert first.started_at == NOW - timedelta(minutes=7)
    ran(SEND_OUTBOX, THURSDAY, NOW)
    assert failing_since(SEND_OUTBOX) is None
