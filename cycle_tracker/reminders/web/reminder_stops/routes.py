"""One page with one button. Opening it changes nothing: mail programs open links by themselves.

A mail program with a button of its own posts to the same address (RFC 8058).
"""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.contact import Contact
from cycle_tracker.people.services.preferences import remind_before
from cycle_tracker.reminders.services.answer_links import find_stopper
from cycle_tracker.web.access import by_mailed_token, public

bp = Blueprint("reminder_stops", __name__, url_prefix="/reminders/stop/<token>")
GONE = 410


@bp.get("")
@public
def show(token: str) -> ResponseReturnValue:
    """What the button does, and what comes all the same."""
    return _page(token)


@bp.post("")
@by_mailed_token
def switch(token: str) -> ResponseReturnValue:
    """Switch them off; with `wanted` set to `on`, on again."""
    who = find_stopper(token)
    if who is not None:
        remind_before(who, request.form.get("wanted") == "on", by=None, now=clock.now())
        db.session.commit()
    return _page(token, done=True)


def _page(token: str, *, done: bool = False) -> Response:
    who = find_stopper(token)
    if who is None:
        return _private(render_template("reminders/reminder_stops/over.html"), GONE)
    place = who.partnership.name if isinstance(who, Contact) else ""
    return _private(
        render_template(
            "reminders/reminder_stops/show.html", is_on=who.reminds_before, place=place, name=who.name, done=done
        )
    )


def _private(page: str, status: int = 200) -> Response:
    """A page whose address is sent to no other site."""
    answer = make_response(page, status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
