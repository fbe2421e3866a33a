"""The day on which a plan was prepared, kept beside the plan by one service."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.core.kinds import PreparedFrom
from cycle_tracker.models.base import Base, UtcDateTime, words


class Preparation(Base):
    """A plan that is prepared (2014 Act, section 10(7)), with the day, which may be unknown, and what it is taken from.

    There is a row for each plan that is prepared and none for the others. `recorded_by_id` and `recorded_at` belong to
    a day that a person recorded by hand, which wins over the approvals and the publication.
    """

    __tablename__ = "preparations"

    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), primary_key=True)
    prepared_on: Mapped[date | None]
    prepared_from: Mapped[PreparedFrom] = mapped_column(words(PreparedFrom, "prepared_from"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
