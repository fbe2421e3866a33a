"""The meetings of a group, at which what was escalated is decided."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine
from cycle_tracker.models.group import Group


class Meeting(Base):
    """One meeting of a group. `minutes` is the reference or address of its minutes, once there are any."""

    __tablename__ = "meetings"
    __table_args__ = (UniqueConstraint("group_id", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    held_on: Mapped[date]
    title: Mapped[str] = mapped_column(OneLine(200), default="")
    minutes: Mapped[str] = mapped_column(OneLine(2000), default="")

    group: Mapped[Group] = relationship()
