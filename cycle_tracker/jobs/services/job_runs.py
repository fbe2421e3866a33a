"""Writing down each run of a job, and each that did not happen, so that one that is missing is noticed."""

from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update

from cycle_tracker.core.calendar import SCOTLAND, WorkingCalendar
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.queries import days_run
from cycle_tracker.jobs.rules import missed_days
from cycle_tracker.jobs.services.processes import this_process
from cycle_tracker.models.job_run import JobRun, RunOutcome

KEEP = timedelta(days=30)


def start_run(job: str, ran_for: date, now: datetime) -> int:
    """Note that a run began, and who runs it; its number. Commits, so that a run that is killed leaves its trace."""
    run = JobRun(job=job, ran_for=ran_for, started_at=now, holder=this_process())
    db.session.add(run)
    db.session.commit()
    return run.id


def end_run(run_id: int, outcome: RunOutcome, now: datetime, *, counts: dict[str, int], error: str = "") -> None:
    """Note how it ended, and let go of runs older than thirty days. Commits."""
    db.session.execute(
        update(JobRun).where(JobRun.id == run_id).values(outcome=outcome, ended_at=now, counts=counts, error=error)
    )
    db.session.execute(
        delete(JobRun).where(
            JobRun.job == select(JobRun.job).where(JobRun.id == run_id).scalar_subquery(),
            JobRun.started_at < now - KEEP,
        )
    )
    db.session.commit()


def note_missed_runs(job: str, today: date, now: datetime, calendar: WorkingCalendar = SCOTLAND) -> int:
    """Write a row for each working day since the job's last run for an earlier day that had none; how many. Commits.

    It says when that was noticed. Two processes at once take turns by the row of that last run (on SQLite every writer
    waits for every other), and the second finds the rows of the first. A service that never ran has missed nothing.
    """
    last = db.session.scalars(
        select(JobRun)
        .where(JobRun.job == job, JobRun.ran_for < today)
        .order_by(JobRun.ran_for.desc(), JobRun.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    missed = missed_days(days_run(job, last.ran_for, today), last.ran_for, today, calendar) if last else []
    db.session.add_all(
        JobRun(job=job, ran_for=day, started_at=now, outcome=RunOutcome.MISSED, holder=this_process()) for day in missed
    )
    db.session.commit()
    return len(missed)
