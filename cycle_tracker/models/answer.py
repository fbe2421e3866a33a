"""What somebody answered by the one-time link of a mail."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, UtcDateTime, words
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User


class AnswerKind(StrEnum):
    """How a milestone stands, in the words of the single question."""

    DONE = "done"
    ON_TRACK = "on-track"
    NEEDS_A_NEW_DATE = "needs-a-new-date"


class Answer(Base):
    """One answer about one milestone, by a person or a contact who need not sign in for it."""

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    kind: Mapped[AnswerKind] = mapped_column(words(AnswerKind, "kind"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    new_date: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    milestone: Mapped[Milestone] = relationship()
    user: Mapped[User | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
