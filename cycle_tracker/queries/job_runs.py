"""What the jobs of the scheduler did, and when."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from cycle_tracker.extensions import db
from cycle_tracker.models import JobRun, Outcome

QUEUE_NOTICES = "queue-notices"
SEND_OUTBOX = "send-outbox"


def latest_run(job: str) -> JobRun | None:
    """The last run of a job, however it ended."""
    return db.session.scalars(
        select(JobRun).where(JobRun.job == job).order_by(JobRun.started_at.desc(), JobRun.id.desc()).limit(1)
    ).one_or_none()


def has_finished_since(job: str, since: datetime) -> bool:
    """True where a run of the job that began at this instant or later did all that it had to."""
    return _exists(JobRun.job == job, JobRun.outcome == Outcome.FINISHED, JobRun.started_at >= since)


def has_finished_for(job: str, day: date) -> bool:
    """True where a run of the job for this day, or a later one, did all that it had to."""
    return _exists(JobRun.job == job, JobRun.outcome == Outcome.FINISHED, JobRun.ran_for >= day)


def has_run_since(job: str, since: datetime) -> bool:
    """True where the job began at this instant or later, however it ended: somebody is there to start it."""
    return _exists(JobRun.job == job, JobRun.started_at >= since)


def _exists(*conditions: ColumnElement[bool]) -> bool:
    statement = select(JobRun.id).where(*conditions).limit(1)
    return db.session.scalars(statement).first() is not None
