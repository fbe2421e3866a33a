"""Writing down each run of a job, so that one that did not run is noticed."""

from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update

from cycle_tracker.extensions import db
from cycle_tracker.models import JobRun, Outcome

KEEP = timedelta(days=30)


def start_run(job: str, ran_for: date, now: datetime) -> int:
    """Note that a run began; its number. Commits, so that a run that is killed leaves its trace."""
    run = JobRun(job=job, ran_for=ran_for, started_at=now)
    db.session.add(run)
    db.session.commit()
    return run.id


def end_run(run_id: int, outcome: Outcome, now: datetime, *, counts: dict[str, int], error: str = "") -> None:
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


def has_finished_run(job: str, day: date) -> bool:
    """True where the job finished a run for this day."""
    return (
        db.session.scalars(
            select(JobRun.id)
            .where(JobRun.job == job, JobRun.ran_for == day, JobRun.outcome == Outcome.FINISHED)
            .limit(1)
        ).first()
        is not None
    )
