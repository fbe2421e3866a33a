"""People who sign in or are mailed, what they were granted, and tries to sign in."""

from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.base import Base, OneLine, UtcDateTime, words
from cycle_tracker.models.organisation import Organisation


class AccountKind(StrEnum):
    """Who is behind an account."""

    PERSON = "person"
    POST = "post"


class User(Base, UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """A person with an account, or a post with a shared mailbox. `fs_uniquifier` is what a session is tied to: a new
    one ends every session.

    A post owns milestones and is mailed as a person is, and nobody signs in as it: its holders act for it.
    With `reminds_before` off nobody is reminded before the day, only from it on.
    `totp_secret` is the encrypted secret of time-based codes, and `totp_counter` the last code that was used.
    Flask-Login's part of Flask-Security's own mixin: the scheduler starts without the rest, which takes its time.
    """

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 4", name="weekday_is_a_working_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(OneLine(254), unique=True)
    name: Mapped[str] = mapped_column(OneLine(120))
    kind: Mapped[AccountKind] = mapped_column(words(AccountKind, "kind"), default=AccountKind.PERSON)
    active: Mapped[bool] = mapped_column(default=True)
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    rhythm: Mapped[Rhythm] = mapped_column(words(Rhythm, "rhythm"), default=Rhythm.STANDARD)
    weekday: Mapped[int] = mapped_column(default=0)
    reminds_before: Mapped[bool] = mapped_column(default=True)
    totp_secret: Mapped[str | None] = mapped_column(String(500))
    totp_counter: Mapped[int | None]

    organisation: Mapped[Organisation | None] = relationship()
    grants: Mapped[list["RoleGrant"]] = relationship(cascade="all, delete-orphan", order_by="RoleGrant.id")

    def get_id(self) -> str:
        """What Flask-Security keeps in a session."""
        return self.fs_uniquifier

    @property
    def is_active(self) -> bool:
        """False where the account is switched off; nobody is signed in then."""
        return self.active

    @property
    def is_post(self) -> bool:
        """True for a post with a shared mailbox."""
        return self.kind is AccountKind.POST

    @property
    def preference(self) -> Preference:
        """When this person takes their mail."""
        return Preference(self.rhythm, self.weekday)


class RoleGrant(Base):
    """A role held in one partnership, in every partnership of an organisation, or everywhere."""

    __tablename__ = "role_grants"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "partnership_id", "organisation_id"),
        CheckConstraint(
            "(scope = 'partnership') = (partnership_id IS NOT NULL) AND "
            "(scope = 'organisation') = (organisation_id IS NOT NULL)",
            name="scope_names_its_place",
        ),
        Index("ix_role_grants_partnership_role", "partnership_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    scope: Mapped[Scope] = mapped_column(words(Scope, "scope"))
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)


class PostHolder(Base):
    """A person who acts for a post: what the post owns is theirs to change while they hold it."""

    __tablename__ = "post_holders"
    __table_args__ = (UniqueConstraint("post_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)


class TryKind(StrEnum):
    """What was tried: to guess a password or a code, or to have a mail sent to somebody."""

    GUESS = "guess"
    MAIL = "mail"


class SignInAttempt(Base):
    """One failed try to sign in, or one mail asked for, counted for the account and for the address it came from.

    Kept in the database, so that every worker counts the same tries and a restart forgets none. The account is a
    hash of what was typed: people type passwords there.
    """

    __tablename__ = "sign_in_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TryKind] = mapped_column(words(TryKind, "kind"), default=TryKind.GUESS)
    account: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
