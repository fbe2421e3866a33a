"""What the jobs of the scheduler did, and when."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from cycle_tracker.core.extensions import db
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.models.message import MailClaim

QUEUE_NOTICES = "queue-notices"
SEND_OUTBOX = "send-outbox"


def latest_run(job: str, outcome: RunOutcome | None = None) -> JobRun | None:
    """The last run of a job that began; the last that ended so, where an outcome is given."""
    wanted = JobRun.outcome == outcome if outcome else JobRun.outcome != RunOutcome.MISSED
    return db.session.scalars(
        select(JobRun).where(JobRun.job == job, wanted).order_by(JobRun.started_at.desc(), JobRun.id.desc()).limit(1)
    ).one_or_none()


def has_finished_since(job: str, since: datetime) -> bool:
    """True where a run of the job that began at this instant or later did all that it had to."""
    return _exists(JobRun.job == job, JobRun.outcome == RunOutcome.FINISHED, JobRun.started_at >= since)


def has_finished_on(job: str, day: date) -> bool:
    """True where a run of the job for this day did all that it had to."""
    return _exists(JobRun.job == job, JobRun.outcome == RunOutcome.FINISHED, JobRun.ran_for == day)


def has_finished_for(job: str, day: date, today: date) -> bool:
    """True where a run of the job for this day, or a later one up to today, did all that it had to."""
    return _exists(JobRun.job == job, JobRun.outcome == RunOutcome.FINISHED, JobRun.ran_for.between(day, today))


def seen_last_at(now: datetime) -> datetime | None:
    """When a process that sends was seen last: its run began or ended then, or it is sending an email now. None: never.

    A run with thousands of emails takes longer than the minute to the next. While its claim is valid it is at work.
    """
    begun, ended = db.session.execute(
        select(func.max(JobRun.started_at), func.max(JobRun.ended_at)).where(
            JobRun.job == SEND_OUTBOX, JobRun.outcome != RunOutcome.MISSED
        )
    ).one()
    if begun is None:
        return None
    return now if is_sender_at_work(now) else max(begun, ended or begun)


def is_sender_at_work(now: datetime) -> bool:
    """True where a run of the sender has messages under a claim that is still valid.

    The web side sends an alarm when nothing else sends: its own claims are no sign of the scheduler.
    """
    return _exists(
        JobRun.job == SEND_OUTBOX,
        JobRun.outcome == RunOutcome.RUNNING,
        exists().where(MailClaim.holder == JobRun.holder, MailClaim.leased_until >= now),
    )


def first_run_began_at() -> datetime | None:
    """When either job began first, as far back as runs are kept: how old this service is, for those who ask what it
    should have done by now."""
    firsts = [
        db.session.scalar(select(func.min(JobRun.started_at)).where(JobRun.job == job))
        for job in (QUEUE_NOTICES, SEND_OUTBOX)
    ]
    return min((first for first in firsts if first is not None), default=None)


def days_run(job: str, after: date, before: date) -> set[date]:
    """The days between two others for which the job has a row, be it that it was missed."""
    return set(
        db.session.scalars(
            select(JobRun.ran_for).where(JobRun.job == job, JobRun.ran_for > after, JobRun.ran_for < before)
        )
    )


def list_missed_days(job: str) -> Sequence[date]:
    """The working days of the last thirty on which the job did not run, and for which none ran later; the latest first.

    A row of a missed run is let go of like every other, thirty days after it was written.
    """
    later = aliased(JobRun)
    ran_later = exists().where(later.job == job, later.ran_for == JobRun.ran_for, later.outcome == RunOutcome.FINISHED)
    return db.session.scalars(
        select(JobRun.ran_for)
        .where(JobRun.job == job, JobRun.outcome == RunOutcome.MISSED, ~ran_later)
        .distinct()
        .order_by(JobRun.ran_for.desc())
    ).all()


def holders_since(job: str, since: datetime) -> Sequence[str]:
    """Who ran the job each time since this instant, in the order of the runs."""
    return db.session.scalars(
        select(JobRun.holder)
        .where(JobRun.job == job, JobRun.started_at >= since, JobRun.outcome != RunOutcome.MISSED, JobRun.holder != "")
        .order_by(JobRun.started_at, JobRun.id)
    ).all()


def failing_since(job: str) -> JobRun | None:
    """The first of the runs in a row that could not do their work, up to the last one; None where that one could."""
    last = latest_run(job)
    if last is None or last.outcome is RunOutcome.FINISHED:
        return None
    last_good = latest_run(job, RunOutcome.FINISHED)
    after = JobRun.started_at > last_good.started_at if last_good else JobRun.id.is_not(None)
    return db.session.scalars(
        select(JobRun)
        .where(JobRun.job == job, JobRun.outcome == RunOutcome.FAILED, after)
        .order_by(JobRun.started_at, JobRun.id)
        .limit(1)
    ).one_or_none()


def _exists(*conditions: ColumnElement[bool]) -> bool:
    statement = select(JobRun.id).where(*conditions).limit(1)
    return db.session.scalars(statement).first() is not None
