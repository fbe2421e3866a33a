"""A rung of the ladder that a milestone has come to."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.domain.policies import Audience
from cycle_tracker.models.base import Base, UtcDateTime, partial_index, words
from cycle_tracker.models.milestone import Milestone


class Resolution(StrEnum):
    """What ended an escalation."""

    DONE = "done"
    NEW_DATE = "new-date"
    REOPENED = "reopened"
    CLOSED = "closed"


class Escalation(Base):
    """Opened when a rung falls due; resolved when the milestone is done or has a new date.

    `rung` counts days past `due_on`; `audience` is the highest audience of the rung; `fell_due_on` is the working
    day on which it was due, however late the job that opened it ran. `decided_at` is when the group last decided on
    it: until then it waits for the group, and decided it may still be open.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        partial_index(
            "uq_escalations_open", "milestone_id", "due_on", "rung", where="resolved_at IS NULL", unique=True
        ),
        Index("ix_escalations_audience", "audience", "resolved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    due_on: Mapped[date]
    rung: Mapped[int]
    audience: Mapped[Audience] = mapped_column(words(Audience, "audience"))
    fell_due_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolution: Mapped[Resolution | None] = mapped_column(words(Resolution, "resolution"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    milestone: Mapped[Milestone] = relationship()
