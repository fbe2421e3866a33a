"""What people put beside a milestone: a comment, or evidence that it was done, an address or a file kept here."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, OneLine, UtcDateTime
from cycle_tracker.models.user import User


class StoredFile(Base):
    """A file that somebody uploaded: its name as they had it, what its content is found to be, and its hash.

    Its bytes are in the database beside it, so that a file and its row are always both there or neither.
    """

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(OneLine(255))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))


class StoredContent(Base):
    """The bytes of a file, kept apart so that a list of files does not read them."""

    __tablename__ = "stored_contents"

    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Evidence(Base):
    """One piece of evidence. Taken away, its row stays with who did it and when; a file's bytes go."""

    __tablename__ = "evidence"
    __table_args__ = (CheckConstraint("(address IS NULL) <> (file_id IS NULL)", name="address_or_file"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    title: Mapped[str] = mapped_column(OneLine(200))
    address: Mapped[str | None] = mapped_column(OneLine(2000))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"), index=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile | None] = relationship()
    added_by: Mapped[User] = relationship(foreign_keys=[added_by_id])


class Comment(Base):
    """One comment. It stays within the partnership. Taken back by its author, its text goes and its row stays."""

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[User] = relationship()
