"""Who is signed in on this browser. The cookie carries a token; whether it holds is asked of the table of sign-ins.

A sign-in ends after half an hour without a page and after twelve hours (`cycle_tracker/access/queries/sessions.py`), at
sign-out, and where the person's way in or rights change (`access/services/sessions.py: end_sessions_of`).
"""

import logging

from flask import g, request, session
from flask_login import UserMixin, login_user, logout_user
from flask_security import current_user
from sqlalchemy.exc import OperationalError

from cycle_tracker.access.queries.sessions import LiveSession, find_live_session
from cycle_tracker.access.services.sessions import SEEN_AGAIN_AFTER, begin_session, end_session, note_seen
from cycle_tracker.access.services.tokens import hash_of
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import User

TOKEN = "_user_id"  # noqa: S105  where Flask-Login keeps what it asks `person_of` with

log = logging.getLogger(__name__)


def begin(user: User) -> None:
    """Sign a person in, with a new token and nothing of the session before, whose sign-in ends. Commits."""
    now = clock.now()
    earlier = live_session()
    if earlier is not None:
        end_session(earlier.viewer.user_id, earlier.id, now=now)
    token = begin_session(user, browser=request.user_agent.string, address=request.remote_addr or "", now=now)
    db.session.commit()
    session.clear()
    login_user(user, remember=False)
    session[TOKEN] = token


def end() -> None:
    """Sign the person out on this browser; a copy of its cookie is worth nothing from here on. Commits."""
    live = live_session()
    if live is not None:
        end_session(live.viewer.user_id, live.id, now=clock.now())
        db.session.commit()
    forget()


def forget() -> None:
    """Let go of what this browser was told, and leave the table as it is."""
    logout_user()
    session.clear()


def live_session() -> LiveSession | None:
    """The sign-in that this browser's cookie belongs to, as it was when the request came."""
    return g.get("live_session") if current_user.is_authenticated else None


def partnerships_stamp() -> int | None:
    """The stamp of the list of partnerships as this request found it; None where nobody is signed in."""
    live = live_session()
    return live.partnerships_stamp if live else None


class SignedInPerson(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Who is signed in, as far as Flask-Login asks. What a page asks comes with the sign-in, and their row, which few
    pages ask for, with `access.current_user_row`."""

    def __init__(self, user_id: int) -> None:
        self.id = user_id


def person_of(token: str) -> SignedInPerson | None:
    """The person whose sign-in this token belongs to, as long as it holds: what Flask-Login asks, once a request."""
    g.live_session = find_live_session(hash_of(str(token)), clock.now(), clock.today())
    return SignedInPerson(g.live_session.viewer.user_id) if g.live_session else None


def note_in_use() -> None:
    """Before every request: forget a sign-in that is over, and note, once a minute, that this one is in use."""
    if TOKEN not in session or request.endpoint == "static" or request.blueprint == "probes":
        return
    live = live_session()
    if live is None:
        forget()
    elif clock.now() - live.seen_at >= SEEN_AGAIN_AFTER:
        _note_seen(live)


def _note_seen(live: LiveSession) -> None:
    """In a transaction of its own, which on SQLite begins with the change: a read cannot become one."""
    db.session.rollback()
    try:
        note_seen(live.id, now=clock.now())
        db.session.commit()
    except OperationalError:
        log.warning("could not record that a session is in use; the page continues")
        db.session.rollback()
