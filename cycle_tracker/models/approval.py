"""What each lead body made of a document before it was published."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine, UtcDateTime, words
from cycle_tracker.models.organisation import Organisation


class Manner(StrEnum):
    """How a lead body dealt with a document."""

    APPROVED = "approved"
    NOTED = "noted"
    DELEGATED = "delegated"
    CHAIRS_ACTION = "chairs-action"

    @property
    def label(self) -> str:
        """The manner in words for a page."""
        return {
            Manner.APPROVED: "Approved",
            Manner.NOTED: "Noted",
            Manner.DELEGATED: "Delegated to a post",
            Manner.CHAIRS_ACTION: "Chair's action",
        }[self]


class Approval(Base):
    """One lead body's approval of one document: made by the body, and recorded by a person, who may be another's.

    `made_by` names the committee, board, post or chair; `meeting` and `minute` are their references. Any of them, and
    the date, may be unknown: what is missing shows as a gap and blocks nothing. `on_behalf` says that the recorder was
    not of that body when they recorded it.
    """

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("milestone_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    manner: Mapped[Manner] = mapped_column(words(Manner, "manner"))
    made_by: Mapped[str] = mapped_column(OneLine(200), default="")
    approved_on: Mapped[date | None]
    meeting: Mapped[str] = mapped_column(OneLine(200), default="")
    minute: Mapped[str] = mapped_column(OneLine(200), default="")
    on_behalf: Mapped[bool] = mapped_column(default=False)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()
