"""Addresses at which a calendar program fetches somebody's dates."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.models.base import Base, UtcDateTime
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User


class CalendarFeed(Base):
    """A person's feed: of what they own, or with a partnership, of its documents. The address holds a token, and this
    row its hash; what the person may see is asked at each fetch."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()
    partnership: Mapped[Partnership | None] = relationship()
