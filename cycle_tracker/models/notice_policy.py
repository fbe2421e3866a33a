"""Rules of this service's own about when people are told, beside those that it comes with."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.kinds import Kind
from cycle_tracker.models.base import Base, words
from cycle_tracker.models.partnership import Partnership


class NoticePolicy(Base):
    """What differs from the default for everything, for a kind, for a partnership, or for a kind in a partnership.

    `place` says which in one word (`all`, `kind:plan`, `partnership:3`, `partnership:3/kind:plan`), so that there is
    one of each. `before`, `first_after` with `repeat_every`, and `rungs` are each empty where the less particular
    policy goes on holding; a `first_after` without `repeat_every` tells it once. `in_force_from` is the day on
    which the days before were last changed: a reminder that lay before it is not sent late, also where `before` is an
    empty list, which goes back to the less particular policy.
    """

    __tablename__ = "notice_policies"
    __table_args__ = (CheckConstraint("first_after IS NOT NULL OR repeat_every IS NULL", name="repeats_after_a_first"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[Kind | None] = mapped_column(words(Kind, "kind"))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    before: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    first_after: Mapped[int | None]
    repeat_every: Mapped[int | None]
    rungs: Mapped[list[list[object]] | None] = mapped_column(JSON(none_as_null=True))
    in_force_from: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    partnership: Mapped[Partnership | None] = relationship()
