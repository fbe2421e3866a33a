"""How a person gets in: sessions, mailed links that carry a right, invitations, recovery codes; and calendar feeds."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.base import Base, OneLine, UtcDateTime, words
from cycle_tracker.models.message import Message
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User


class SignInSession(Base):
    """One sign-in of one person, on one browser, until it ends. The cookie holds a token and this row its hash."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser: Mapped[str] = mapped_column(OneLine(200), default="")
    address: Mapped[str] = mapped_column(String(64), default="")


class Invitation(Base):
    """An address that was asked to join, in one role and scope, fixed when it was issued. Used once, until it expires.

    What the inviter may give is asked again when it is accepted.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(
            "(scope = 'partnership') = (partnership_id IS NOT NULL) AND "
            "(scope = 'organisation') = (organisation_id IS NOT NULL)",
            name="scope_names_its_place",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(OneLine(254), index=True)
    name: Mapped[str] = mapped_column(OneLine(120))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    scope: Mapped[Scope] = mapped_column(words(Scope, "scope"))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    partnership: Mapped[Partnership | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    invited_by: Mapped[User] = relationship(foreign_keys=[invited_by_id])


class LinkPurpose(StrEnum):
    """What a mailed link lets its holder do, once."""

    RESET_PASSWORD = "reset-password"  # noqa: S105
    SIGN_IN = "sign-in"
    ACCEPT_INVITATION = "accept-invitation"
    # Answers the single question about one milestone, and nothing else.
    ANSWER = "answer"


class AccessLink(Base):
    """A mailed link that carries a right. The mail is stored with a placeholder; the token is made when it is sent, and
    only its hash is kept.

    A mail that is sent again carries a new token, and a row of its own: all of one message are used up together.
    """

    __tablename__ = "access_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(words(LinkPurpose, "purpose"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id"), index=True)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notices.id"), index=True)
    minted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    message: Mapped[Message] = relationship()
    user: Mapped[User | None] = relationship()
    invitation: Mapped[Invitation | None] = relationship()


class RecoveryCode(Base):
    """One of the codes that let a person in without their time-based code. Used once; kept as a hash."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
