"""An escalation stage that a milestone has come to."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.audiences import Audience
from cycle_tracker.models.base import Base, UtcDateTime, partial_index, sparse_index, words
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User


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
    it: until then it waits for the group, and decided it may still be open. `reply_by` is set where somebody of the
    audience acknowledged it: no further rung opens before that day. `meeting_id` is set where that is the day of a
    meeting of the group, on whose agenda it is. `raised_by_id` and `raised_why` are set where a
    person raised it before its stage, or further than any goes; `rung` is then the days past `due_on` of the
    day on which they did.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        partial_index(
            "uq_escalations_open",
            "milestone_id",
            "due_on",
            "rung",
            "audience",
            where="resolved_at IS NULL",
            unique=True,
        ),
        Index("ix_escalations_audience", "audience", "resolved_at"),
        sparse_index("escalations", "acknowledged_by_id"),
        sparse_index("escalations", "raised_by_id"),
        sparse_index("escalations", "meeting_id"),
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
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reply_by: Mapped[date | None]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"))
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    raised_why: Mapped[str] = mapped_column(Text, default="")

    milestone: Mapped[Milestone] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    acknowledged_by: Mapped[User | None] = relationship(foreign_keys=[acknowledged_by_id])
    raised_by: Mapped[User | None] = relationship(foreign_keys=[raised_by_id])
