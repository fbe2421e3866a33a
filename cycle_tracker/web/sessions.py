"""How long a person stays signed in. A session ends after half an hour without a page, and after twelve hours."""

from datetime import timedelta

from flask import session
from flask_security import login_user, logout_user

from cycle_tracker import clock
from cycle_tracker.models import User

LONGEST_IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_AGAIN_AFTER = timedelta(minutes=1)

BEGAN_AT = "began_at"
SEEN_AT = "seen_at"


def begin(user: User) -> None:
    """Sign a person in, in a session that has nothing of the one before."""
    session.clear()
    login_user(user, remember=False)
    session[BEGAN_AT] = session[SEEN_AT] = _seconds()


def end() -> None:
    """Sign the person out here. `services/users.py: end_sessions` is what makes a copied cookie worthless."""
    logout_user()
    session.clear()


def end_if_over() -> None:
    """Before every request: forget a session that is over, and note that this one is in use."""
    if "_user_id" not in session:
        return
    began_at, seen_at, now = session.get(BEGAN_AT, 0), session.get(SEEN_AT, 0), _seconds()
    if now - began_at > LONGEST.total_seconds() or now - seen_at > LONGEST_IDLE.total_seconds():
        session.clear()
    elif now - seen_at > SEEN_AGAIN_AFTER.total_seconds():
        session[SEEN_AT] = now


def _seconds() -> int:
    return int(clock.now().timestamp())
