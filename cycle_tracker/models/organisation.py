"""Councils, health boards, other service providers and Scottish Government."""

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine, words


class OrganisationKind(StrEnum):
    """What an organisation is in the cycle (2014 Act, section 7)."""

    COUNCIL = "council"
    HEALTH_BOARD = "health-board"
    OTHER_SERVICE_PROVIDER = "other-service-provider"
    SCOTTISH_GOVERNMENT = "scottish-government"
    OTHER = "other"


class Organisation(Base):
    """A body with its official code. `mailbox` is where it takes documents sent to it, if it has told."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(OneLine(20), unique=True)
    name: Mapped[str] = mapped_column(OneLine(200))
    kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind, "kind"))
    mailbox: Mapped[str | None] = mapped_column(OneLine(254))

    old_codes: Mapped[list["OldCode"]] = relationship(cascade="all, delete-orphan", order_by="OldCode.code")


class OldCode(Base):
    """A code that the organisation had before, still accepted on import."""

    __tablename__ = "old_codes"

    code: Mapped[str] = mapped_column(OneLine(20), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
