"""What each run of a job did: how the health page, `/readyz` and the catch-up at a start know that it ran.

Beside it the alarms: that the service itself does not do its work.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.models.base import Base, UtcDateTime, partial_index, words


class RunOutcome(StrEnum):
    """How a run ended; a run that was killed stays `running`."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    # It never began: written down by the next run, for each working day that had none.
    MISSED = "missed"


class JobRun(Base):
    """One run of a job, for the day that its rules saw. `holder` is the process that ran it, for people who look."""

    __tablename__ = "job_runs"
    __table_args__ = (Index("ix_job_runs_job_started_at", "job", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    ran_for: Mapped[date]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[RunOutcome] = mapped_column(words(RunOutcome, "outcome"), default=RunOutcome.RUNNING)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    holder: Mapped[str] = mapped_column(String(120), default="")
    error: Mapped[str] = mapped_column(Text, default="")


class AlarmKind(StrEnum):
    """What has gone quiet."""

    # No job was begun for two periods. Noticed by the web side.
    SCHEDULER_SILENT = "scheduler-silent"
    # The sender could send nothing, run after run. Noticed by the scheduler.
    SENDER_FAILING = "sender-failing"


class Alarm(Base):
    """One alarm: at most one of a kind is on at a time, so that whoever writes the row mails the administrators."""

    __tablename__ = "alarms"
    __table_args__ = (partial_index("uq_alarms_on", "kind", where="ended_at IS NULL", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AlarmKind] = mapped_column(words(AlarmKind, "kind"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    said: Mapped[str] = mapped_column(Text, default="")
