"""Who gets somebody's mails, and acts for them, while they are away."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, UtcDateTime
from cycle_tracker.models.user import User


class Delegation(Base):
    """A person is away from `from_on` to `to_on`, both included, and a deputy stands in: set by the person or by a
    planning lead. `ended_at` is set where it was taken back before."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="to_after_from"),
        CheckConstraint("deputy_id <> user_id", name="deputy_is_another"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    deputy: Mapped[User] = relationship(foreign_keys=[deputy_id])
    set_by: Mapped[User] = relationship(foreign_keys=[set_by_id])
