"""What is known of a document once it is published: where it is, and who was sent it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine, UtcDateTime, words
from cycle_tracker.models.evidence import StoredFile
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation


class Version(StrEnum):
    """Which version of the document it is."""

    DRAFT = "draft"
    INTERIM = "interim"
    FINAL = "final"
    REVISED = "revised"

    @property
    def label(self) -> str:
        """The version in words for a page."""
        return {
            Version.DRAFT: "Draft, for consultation",
            Version.INTERIM: "Interim",
            Version.FINAL: "Final",
            Version.REVISED: "Revised",
        }[self]


class Form(StrEnum):
    """The form in which a document is published at one address."""

    FULL = "full"
    SUMMARY = "summary"
    CHILD = "child"
    EASY_READ = "easy-read"
    BSL = "bsl"


class Publication(Base):
    """A document's facts. `published_on` may be unknown for what is put in from the past; it stays the day of the first
    version, by which the document was in time or late, and `newer_on` is the day of the present version where that is
    a newer one. `kept_copy_id` is a copy that was uploaded."""

    __tablename__ = "publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), unique=True)
    version: Mapped[Version] = mapped_column(words(Version, "version"), default=Version.FINAL)
    published_on: Mapped[date | None]
    newer_on: Mapped[date | None]
    kept_copy_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"), index=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    milestone: Mapped[Milestone] = relationship()
    kept_copy: Mapped[StoredFile | None] = relationship()
    addresses: Mapped[list["PublicationAddress"]] = relationship(
        cascade="all, delete-orphan", order_by="PublicationAddress.id"
    )
    copies: Mapped[list["PublicationCopy"]] = relationship(cascade="all, delete-orphan", order_by="PublicationCopy.id")

    @property
    def is_draft(self) -> bool:
        """True for a draft, published for a consultation: the document itself is still to come."""
        return self.version is Version.DRAFT


class PublicationAddress(Base):
    """Where one form of the document is published, in one language (`en`, `gd`)."""

    __tablename__ = "publication_addresses"
    __table_args__ = (UniqueConstraint("publication_id", "form", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"))
    form: Mapped[Form] = mapped_column(words(Form, "form"), default=Form.FULL)
    language: Mapped[str] = mapped_column(String(8), default="en")
    address: Mapped[str] = mapped_column(OneLine(2000))


class PublicationCopy(Base):
    """A copy to one receiver: sent and received are different events, and so are who recorded each."""

    __tablename__ = "publication_copies"
    __table_args__ = (UniqueConstraint("publication_id", "receiver_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    sent_on: Mapped[date | None]
    received_on: Mapped[date | None]
    sent_recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    received_recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)

    receiver: Mapped[Organisation] = relationship()
