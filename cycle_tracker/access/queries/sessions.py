"""Sign-ins: which one a cookie belongs to, and where a person is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from cycle_tracker.core.extensions import db
from cycle_tracker.models import SignInSession, User

LONGEST_IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class LiveSession:
    """A sign-in that has not ended, and whose it is."""

    id: int
    seen_at: datetime
    user: User


def is_live(now: datetime) -> ColumnElement[bool]:
    """True of a sign-in that was not ended, is not idle for too long and did not begin too long ago."""
    return (
        SignInSession.ended_at.is_(None)
        & (SignInSession.began_at >= now - LONGEST)
        & (SignInSession.seen_at >= now - LONGEST_IDLE)
    )


def find_live_session(token_hash: str, now: datetime) -> LiveSession | None:
    """The sign-in with this token and its active person, in one statement."""
    row = db.session.execute(
        select(SignInSession.id, SignInSession.seen_at, User)
        .join(User, User.id == SignInSession.user_id)
        .where(SignInSession.token_hash == token_hash, is_live(now), User.active)
    ).one_or_none()
    return LiveSession(*row) if row else None


def list_live_sessions(user_id: int, now: datetime) -> Sequence[SignInSession]:
    """Where a person is signed in now, the latest seen first."""
    return db.session.scalars(
        select(SignInSession)
        .where(SignInSession.user_id == user_id, is_live(now))
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
    ).all()


def find_by_uniquifier(uniquifier: str) -> User | None:
    """The active person whose sign-in waits for its code. Whatever ends their sign-ins gives them another one."""
    return db.session.scalars(select(User).where(User.fs_uniquifier == uniquifier, User.active)).one_or_none()
