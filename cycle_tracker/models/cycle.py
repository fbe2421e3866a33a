"""A partnership's cycle for one plan period, and the template editions that cycles are made from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.periods import Period
from cycle_tracker.models.base import Base, OneLine, UtcDateTime
from cycle_tracker.models.partnership import Partnership


class TemplateEdition(Base):
    """One version of the template of one edition of the guidance. A running cycle keeps the one it was made from."""

    __tablename__ = "template_editions"
    __table_args__ = (UniqueConstraint("edition", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(OneLine(60))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(OneLine(200))
    first_period: Mapped[int]
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Cycle(Base):
    """One partnership, one three-year period. Its stage is worked out from the day.

    `opened_on` is the day on which somebody opened it. Until then only its plan and annual reports are there, from the
    rules alone.
    """

    __tablename__ = "cycles"
    __table_args__ = (UniqueConstraint("partnership_id", "period_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    period_start: Mapped[date] = mapped_column(index=True)
    template_edition_id: Mapped[int] = mapped_column(ForeignKey("template_editions.id"), index=True)
    opened_on: Mapped[date | None]

    partnership: Mapped[Partnership] = relationship()
    template_edition: Mapped[TemplateEdition] = relationship()

    @property
    def is_open(self) -> bool:
        """True once somebody opened it."""
        return self.opened_on is not None

    @property
    def period(self) -> Period:
        """The period as the rules know it."""
        return Period(self.period_start)
