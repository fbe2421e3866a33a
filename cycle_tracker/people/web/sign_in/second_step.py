"""Letting a person in once they showed who they are: at once, or where they set up codes after a second step."""

from typing import Any

from flask import redirect, session
from flask.typing import ResponseReturnValue

from cycle_tracker.access.queries.sessions import find_by_uniquifier
from cycle_tracker.core import clock
from cycle_tracker.models.user import User
from cycle_tracker.people.services.codes import has_codes
from cycle_tracker.web import sessions
from cycle_tracker.web.links import url_for

HALF_WAY = "half_way"
WAITS_FOR_SECONDS = 10 * 60


def let_in(user: User, onward: str) -> ResponseReturnValue:
    """Sign the person in and go on, or ask for their code first. Commits."""
    if not has_codes(user):
        sessions.begin(user)
        return redirect(onward)
    sessions.end()
    session[HALF_WAY] = {"who": user.fs_uniquifier, "since": _seconds(), "next": onward}
    return redirect(url_for("sign_in.code"))


def person_half_way() -> tuple[User, str] | None:
    """Who is to enter their code on this browser, and where they go from there; None after ten minutes, and once
    anything ended the person's sign-ins."""
    waiting: dict[str, Any] = session.get(HALF_WAY) or {}
    if not waiting or _seconds() - waiting["since"] > WAITS_FOR_SECONDS:
        return None
    user = find_by_uniquifier(waiting["who"])
    return (user, waiting["next"]) if user is not None else None


def _seconds() -> int:
    return int(clock.now().timestamp())
