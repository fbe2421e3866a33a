"""An official asks how a document stands, and a partnership answers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, UtcDateTime, partial_index
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User


class UpdateRequest(Base):
    """One request for an update on one document, as it was sent, with its answer once there is one."""

    __tablename__ = "update_requests"
    __table_args__ = (partial_index("ix_update_requests_open", "milestone_id", where="answered_at IS NULL"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    reply_by: Mapped[date | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")

    milestone: Mapped[Milestone] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
