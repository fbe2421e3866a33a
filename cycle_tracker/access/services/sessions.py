"""Sign-ins: beginning one, noting that it is used, and ending it. The cookie holds a token, the table its hash."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, update

from cycle_tracker.access.services.tokens import hash_of, new_token
from cycle_tracker.core.extensions import db
from cycle_tracker.models.access import SignInSession
from cycle_tracker.models.user import User

SEEN_AGAIN_AFTER = timedelta(minutes=1)
KEPT_FOR = timedelta(days=30)
LONGEST_BROWSER = 200
LONGEST_ADDRESS = 64


def begin_session(user: User, *, browser: str, address: str, now: datetime) -> str:
    """Write a sign-in down and give its token, which is known to nobody else. Lets go of those of a month ago."""
    db.session.execute(delete(SignInSession).where(SignInSession.began_at < now - KEPT_FOR))
    token = new_token()
    db.session.add(
        SignInSession(
            user_id=user.id,
            token_hash=hash_of(token),
            began_at=now,
            seen_at=now,
            browser=browser[:LONGEST_BROWSER],
            address=address[:LONGEST_ADDRESS],
        )
    )
    db.session.flush()
    return token


def note_seen(session_id: int, *, now: datetime) -> None:
    """Note that a sign-in is in use. Flushes; asked for at most once in `SEEN_AGAIN_AFTER`."""
    _set(SignInSession.id == session_id, seen_at=now)


def end_session(user_id: int, session_id: int, *, now: datetime) -> bool:
    """End one sign-in of this person: True where there was one. A copied cookie of it is worth nothing from here on."""
    return _set(SignInSession.id == session_id, SignInSession.user_id == user_id, ended_at=now) == 1


def end_sessions_of(user: User, *, now: datetime, but: int | None = None) -> None:
    """End every sign-in of a person, but for the one with this number, and every one that waits for its code.

    For whatever changes what a sign-in may do: a new password, another role, a switched-off account.
    """
    conditions = [SignInSession.user_id == user.id]
    if but is not None:
        conditions.append(SignInSession.id != but)
    _set(*conditions, ended_at=now)
    user.fs_uniquifier = uuid4().hex
    db.session.flush()


def _set(*conditions: ColumnElement[bool], **values: datetime) -> int:
    """Change the sign-ins that have not ended and meet the conditions; how many there were."""
    statement = update(SignInSession).where(SignInSession.ended_at.is_(None), *conditions).values(**values)
    changed = statement.returning(SignInSession.id).execution_options(synchronize_session=False)
    return len(db.session.scalars(changed).all())
