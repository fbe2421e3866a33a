"""That the service itself does not do its work, from when until when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.models.base import Base, UtcDateTime, partial_index, words


class AlarmKind(StrEnum):
    """What has gone quiet."""

    SCHEDULER_SILENT = "scheduler-silent"
    """No job was begun for two periods. Noticed by the web side."""
    SENDER_FAILING = "sender-failing"
    """The sender could send nothing, run after run. Noticed by the scheduler."""


class Alarm(Base):
    """One alarm: at most one of a kind is on at a time, so that whoever writes the row mails the administrators."""

    __tablename__ = "alarms"
    __table_args__ = (partial_index("uq_alarms_on", "kind", where="ended_at IS NULL", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AlarmKind] = mapped_column(words(AlarmKind, "kind"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    said: Mapped[str] = mapped_column(Text, default="")
