"""A copy of a document that is on its way by email: nobody was sent it until a mail server took it."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine, UtcDateTime
from cycle_tracker.models.message import Message
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import Publication


class Sending(Base):
    """One email with a copy to one receiver, from the moment it is queued until the receiver's mail server took it:
    then a `PublicationCopy` says when, and this row goes. `refused_at` is when it was refused for good, and `answer`
    what the mail server said then; such a row stays until somebody sends the copy again or another way."""

    __tablename__ = "sendings"
    __table_args__ = (UniqueConstraint("publication_id", "receiver_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publications.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(OneLine(500), default="")

    publication: Mapped[Publication] = relationship(backref="sendings")
    receiver: Mapped[Organisation] = relationship()
    message: Mapped[Message] = relationship()
