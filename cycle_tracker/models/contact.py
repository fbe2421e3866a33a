"""People without an account: asked about consultations and requests, sent copies, or speaking for a body that
approves."""

from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership

# Which consultations and requests a contact is asked about.
milestone_contacts = Table(
    "milestone_contacts",
    Base.metadata,
    Column("milestone_id", ForeignKey("milestones.id"), primary_key=True),
    Column("contact_id", ForeignKey("contacts.id"), primary_key=True, index=True),
)


class ContactRole(StrEnum):
    """What a partnership writes to a contact about."""

    COPIES = "copies"
    CONSULTATION = "consultation"
    APPROVALS = "approvals"

    @property
    def label(self) -> str:
        """The role as people read it."""
        return _LABELS[self]


_LABELS = {
    ContactRole.COPIES: "Copies of plans and reports",
    ContactRole.CONSULTATION: "Consultations and requests",
    ContactRole.APPROVALS: "Approvals",
}
# The column that keeps each role.
ROLE_COLUMNS = {
    ContactRole.COPIES: "takes_copies",
    ContactRole.CONSULTATION: "is_consulted",
    ContactRole.APPROVALS: "approves",
}


class Contact(Base):
    """A person without an account, kept by one partnership. They may belong to an organisation, and have roles. They
    are reminded of what they are asked about while they are `active`; with `reminds_before` off, only once its date has
    come."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("partnership_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"))
    name: Mapped[str] = mapped_column(OneLine(120))
    email: Mapped[str] = mapped_column(OneLine(254))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    reminds_before: Mapped[bool] = mapped_column(default=True)
    takes_copies: Mapped[bool] = mapped_column(default=False)
    is_consulted: Mapped[bool] = mapped_column(default=True)
    approves: Mapped[bool] = mapped_column(default=False)

    partnership: Mapped[Partnership] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    milestones: Mapped[list[Milestone]] = relationship(secondary=milestone_contacts, order_by=Milestone.due_on)

    @property
    def organisation_name(self) -> str:
        """The name of their organisation, if they belong to one."""
        return self.organisation.name if self.organisation else ""

    @property
    def roles(self) -> list[ContactRole]:
        """Their roles, in the order in which pages name them."""
        return [role for role, column in ROLE_COLUMNS.items() if getattr(self, column)]
