"""The 30 Children's Services Planning Partnerships, who is in them and when they are closed."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine, UtcDateTime, words
from cycle_tracker.models.organisation import Organisation


class BodyRole(StrEnum):
    """Lead bodies own the duties of Part 3 together; members take part. Service providers are invited, consulted and
    sent copies: their people get no access by it."""

    LEAD = "lead"
    MEMBER = "member"
    PROVIDER = "provider"

    @property
    def label(self) -> str:
        """The role as people read it."""
        return _LABELS[self]


_LABELS = {BodyRole.LEAD: "Lead body", BodyRole.MEMBER: "Member", BodyRole.PROVIDER: "Service provider"}


class Law(StrEnum):
    """A law that changes who leads from a day on that is not known when it is made."""

    # Children (Care, Care Experience and Services Planning) (Scotland) Act 2026, section 60.
    ACT_2026_SECTION_60 = "2026-act-section-60"


class Commenced(StrEnum):
    """How a part came to be that of a lead body when section 60 of the 2026 Act commenced: it goes on from one that had
    another role until the day before, or it begins later and would have had this role."""

    GOES_ON = "goes-on"
    WAS_MEMBER = "was-member"
    WAS_PROVIDER = "was-provider"


class Partnership(Base):
    """One partnership. Nothing that fell due before `notify_from` is told to anybody or counted as late; without it the
    partnership has not joined, and nothing is.

    `other_names` are what people also search for, such as Western Isles. `web_address` is the standing address of its
    plans and reports and `mailbox` its public mailbox: None where unknown, empty where a person took it away.
    `has_published` is true where one of its plans or reports is published, a draft apart; the database keeps it
    (`models/partnership_stamp.py`).
    """

    __tablename__ = "partnerships"
    __table_args__ = (Index("ix_partnerships_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(OneLine(60), unique=True)
    name: Mapped[str] = mapped_column(OneLine(120))
    other_names: Mapped[str] = mapped_column(OneLine(200), default="")
    notify_from: Mapped[date | None]
    has_published: Mapped[bool] = mapped_column(default=False, server_default=false())
    web_address: Mapped[str | None] = mapped_column(OneLine(2000))
    mailbox: Mapped[str | None] = mapped_column(OneLine(254))

    bodies: Mapped[list["PartnershipBody"]] = relationship(cascade="all, delete-orphan", order_by="PartnershipBody.id")


class PartnershipBody(Base):
    """An organisation's part in a partnership, with the days from and to which it holds: who leads may change
    (Children (Care, Care Experience and Services Planning) (Scotland) Act 2026, section 60)."""

    __tablename__ = "partnership_bodies"
    __table_args__ = (
        UniqueConstraint("partnership_id", "organisation_id", "from_on"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="to_after_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[BodyRole] = mapped_column(words(BodyRole, "role"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    commenced: Mapped[Commenced | None] = mapped_column(words(Commenced, "commenced"))

    organisation: Mapped[Organisation] = relationship()

    def holds_on(self, day: date) -> bool:
        """True on a day from the first of the part to its last."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


class ClosureDay(Base):
    """A day on which a partnership is closed besides the bank holidays; with no partnership, all of them. One that
    `is_worked` is a bank holiday on which the partnership works."""

    __tablename__ = "closure_days"
    __table_args__ = (UniqueConstraint("partnership_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(OneLine(120), default="")
    is_worked: Mapped[bool] = mapped_column(default=False, server_default=false())


class Commencement(Base):
    """The day on which a law starts, once an administrator has entered it."""

    __tablename__ = "commencements"

    law: Mapped[Law] = mapped_column(words(Law, "law"), primary_key=True)
    starts_on: Mapped[date]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
