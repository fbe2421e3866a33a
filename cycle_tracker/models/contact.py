"""People without an account who are asked for something: an answer to a consultation, or to a request."""

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership

# Which consultations and requests a contact is asked about.
milestone_contacts = Table(
    "milestone_contacts",
    Base.metadata,
    Column("milestone_id", ForeignKey("milestones.id"), primary_key=True),
    Column("contact_id", ForeignKey("contacts.id"), primary_key=True, index=True),
)


class Contact(Base):
    """A person without an account, kept by one partnership. They are reminded of what they are asked about while they
    are `active`; with `reminds_before` off, only once its date has come."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("partnership_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"))
    name: Mapped[str] = mapped_column(OneLine(120))
    email: Mapped[str] = mapped_column(OneLine(254))
    organisation: Mapped[str] = mapped_column(OneLine(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    reminds_before: Mapped[bool] = mapped_column(default=True)

    partnership: Mapped[Partnership] = relationship()
    milestones: Mapped[list[Milestone]] = relationship(secondary=milestone_contacts, order_by=Milestone.due_on)
