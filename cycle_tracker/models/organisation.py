"""The address book: councils, health boards, integration joint boards and every organisation they work with."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine, UtcDateTime, words


class OrganisationKind(StrEnum):
    """What an organisation is in the cycle. `OTHER_SERVICE_PROVIDER` are the five bodies for all of Scotland that
    section 7(1) of the 2014 Act names beside the integration joint boards."""

    COUNCIL = "council"
    HEALTH_BOARD = "health-board"
    INTEGRATION_JOINT_BOARD = "integration-joint-board"
    OTHER_SERVICE_PROVIDER = "other-service-provider"
    SCOTTISH_GOVERNMENT = "scottish-government"
    COMMUNITY_PLANNING_PARTNERSHIP = "community-planning-partnership"
    THIRD_SECTOR_INTERFACE = "third-sector-interface"
    SERVICE_PROVIDER = "service-provider"
    REGISTERED_SOCIAL_LANDLORD = "registered-social-landlord"
    SCHOOL = "school"
    NATIONAL_BODY = "national-body"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind as people read it."""
        return _LABELS[self]


_LABELS = {
    OrganisationKind.COUNCIL: "Council",
    OrganisationKind.HEALTH_BOARD: "Health board",
    OrganisationKind.INTEGRATION_JOINT_BOARD: "Integration joint board",
    OrganisationKind.OTHER_SERVICE_PROVIDER: "Other service provider named in the 2014 Act",
    OrganisationKind.SCOTTISH_GOVERNMENT: "The Scottish Government",
    OrganisationKind.COMMUNITY_PLANNING_PARTNERSHIP: "Community planning partnership",
    OrganisationKind.THIRD_SECTOR_INTERFACE: "Third sector interface",
    OrganisationKind.SERVICE_PROVIDER: "Service provider",
    OrganisationKind.REGISTERED_SOCIAL_LANDLORD: "Registered social landlord",
    OrganisationKind.SCHOOL: "School",
    OrganisationKind.NATIONAL_BODY: "National body",
    OrganisationKind.OTHER: "Other",
}
# Which organisations are of these kinds is set by law and loaded with the reference data, not chosen by people.
SET_BY_LAW = frozenset({OrganisationKind.SCOTTISH_GOVERNMENT, OrganisationKind.OTHER_SERVICE_PROVIDER})
# To these plans must be sent (2014 Act, section 10(7)(a)).
NAMED_BY_LAW = SET_BY_LAW | {OrganisationKind.INTEGRATION_JOINT_BOARD}


class Organisation(Base):
    """An organisation with its official code, or one that the service made up. `mailbox` is where it takes documents
    that are sent to it, if that is known.

    One that a partnership added is for that partnership alone until an administrator accepts it. One that was merged
    is no longer in use, and what was its is now that of the organisation it was merged into. What an administrator
    `edited` is left as it is when the reference data is loaded again.
    """

    __tablename__ = "organisations"
    __table_args__ = (CheckConstraint("merged_into_id IS NULL OR NOT in_use", name="merged_not_in_use"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(OneLine(20), unique=True)
    name: Mapped[str] = mapped_column(OneLine(200))
    kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind, "kind"))
    mailbox: Mapped[str | None] = mapped_column(OneLine(254))
    in_use: Mapped[bool] = mapped_column(default=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    edited: Mapped[bool] = mapped_column(default=False)

    old_codes: Mapped[list["OldCode"]] = relationship(cascade="all, delete-orphan", order_by="OldCode.code")

    @property
    def in_a_sentence(self) -> str:
        """Its name as words around it need it."""
        return f"the {self.name}" if self.kind is OrganisationKind.SCOTTISH_GOVERNMENT else self.name

    @property
    def is_waiting(self) -> bool:
        """Whether a partnership added it and no administrator has accepted it yet."""
        return self.added_by_id is not None and self.accepted_at is None


class OldCode(Base):
    """A code that the organisation had before, still accepted on import."""

    __tablename__ = "old_codes"

    code: Mapped[str] = mapped_column(OneLine(20), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
