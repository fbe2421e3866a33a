"""Groups that decide, above all the governance group of a partnership, and who is in them; their meetings."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine, UtcDateTime, words
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User


class MembershipRole(StrEnum):
    """What a person is in a group."""

    MEMBER = "member"
    CHAIR = "chair"
    CLERK = "clerk"


class Group(Base):
    """The governance group of one partnership, or with no partnership a national one."""

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    name: Mapped[str] = mapped_column(OneLine(200))

    partnership: Mapped[Partnership | None] = relationship()
    memberships: Mapped[list["Membership"]] = relationship(cascade="all, delete-orphan", order_by="Membership.id")


class Membership(Base):
    """A person's place in a group, until `to_on` where it has ended."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("group_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[MembershipRole] = mapped_column(words(MembershipRole, "role"))
    to_on: Mapped[date | None]

    user: Mapped[User] = relationship()


class Meeting(Base):
    """One meeting of a group. `minutes` is the reference or address of its minutes, once there are any. `papers_on` is
    the day by which its papers are due, if it is known; `asked_before_at` and `asked_after_at` say when the clerk was
    asked about what is on its agenda, before the meeting and after it."""

    __tablename__ = "meetings"
    __table_args__ = (UniqueConstraint("group_id", "held_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    held_on: Mapped[date]
    title: Mapped[str] = mapped_column(OneLine(200), default="")
    minutes: Mapped[str] = mapped_column(OneLine(2000), default="")
    papers_on: Mapped[date | None]
    asked_before_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_after_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    group: Mapped[Group] = relationship()
