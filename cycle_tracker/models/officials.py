"""What passes between officials and a partnership: requests for an update, and what officials record for it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.kinds import OnBehalf
from cycle_tracker.models.base import Base, UtcDateTime, partial_index, words
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User

# The condition of an index, word for word: SQLite uses it for nothing else.
IS_DISPUTED = "disputed_at IS NOT NULL AND settled_at IS NULL"


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


class ActOnBehalf(Base):
    """Something about a document that an official recorded for its partnership.

    `notified_at` is when an email about it was written to the planning leads; None until there is a lead to write to. A
    lead may dispute it, with what is not right; an official settles that in words. The record itself is corrected or
    undone where it was made.
    """

    __tablename__ = "acts_on_behalf"
    __table_args__ = (
        partial_index("ix_acts_on_behalf_to_notify", "milestone_id", where="notified_at IS NULL"),
        partial_index("ix_acts_on_behalf_disputed", "milestone_id", where=IS_DISPUTED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    what: Mapped[OnBehalf] = mapped_column(words(OnBehalf, "what"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disputed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    disputed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dispute: Mapped[str] = mapped_column(Text, default="", server_default="")
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settlement: Mapped[str] = mapped_column(Text, default="", server_default="")

    milestone: Mapped[Milestone] = relationship()
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])
    disputed_by: Mapped[User | None] = relationship(foreign_keys=[disputed_by_id])
    settled_by: Mapped[User | None] = relationship(foreign_keys=[settled_by_id])

    @property
    def is_disputed(self) -> bool:
        """Whether a lead says that it is not right, and no official has answered yet."""
        return self.disputed_at is not None and self.settled_at is None
