"""A date that moved, with the reason: a local date by the lead, or a new expected date with an explanation."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text, and_
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.core.kinds import Cause
from cycle_tracker.models.base import Base, UtcDateTime, words


class DateChangeKind(StrEnum):
    """Local dates are moved; the date of a document is never waived, it gets a new expected date."""

    LOCAL = "local"
    EXPECTED = "expected"


class DateChange(Base):
    """One change of `due_on`. An explanation counts once it is noted; officials follow it only where it is shared.

    Until it is noted or declined it is a proposal, which changes nothing. `undone_at` is set on one that was noted by a
    decision that its chair disputed: it counts no longer.
    """

    __tablename__ = "date_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    kind: Mapped[DateChangeKind] = mapped_column(words(DateChangeKind, "kind"))
    old_due_on: Mapped[date | None]
    new_due_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    cause: Mapped[Cause | None] = mapped_column(words(Cause, "cause"))
    shared: Mapped[bool] = mapped_column(default=False)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_why: Mapped[str] = mapped_column(Text, default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def counts(self) -> bool:
        """Whether it was noted, and the decision that noted it stands. `NOTED` says the same in SQL."""
        return self.noted_at is not None and self.undone_at is None


NOTED = and_(DateChange.noted_at.is_not(None), DateChange.undone_at.is_(None))
