"""Rows that somebody put in and has yet to confirm: they are shown first, and recorded as they were shown."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.models.base import Base, UtcDateTime, words


class ImportKind(StrEnum):
    """What the rows are."""

    HISTORY = "history"
    MILESTONES = "milestones"


class PendingImport(Base):
    """The rows of one file or grid as they were read, until their owner confirms them; then `done_at` says when."""

    __tablename__ = "pending_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(words(ImportKind, "kind"))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
