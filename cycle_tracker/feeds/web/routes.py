"""Addresses for calendar programs: one's own list of them, and what a program is given."""

import hashlib
import logging

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.access.services.tokens import hash_of
from cycle_tracker.core import addresses, clock
from cycle_tracker.core.extensions import db
from cycle_tracker.documents.queries.listed import listed
from cycle_tracker.documents.web.lines import lines
from cycle_tracker.feeds.queries import (
    get_feed,
    last_changes,
    list_document_dates,
    list_feeds,
    list_followed,
    list_own_dates,
)
from cycle_tracker.feeds.services import make_feed, note_fetched, stop_feed
from cycle_tracker.feeds.web.entries import CalendarEntry, entries, more_entry
from cycle_tracker.feeds.web.forms import FeedForm, StopForm
from cycle_tracker.feeds.web.icalendar_file import calendar_file
from cycle_tracker.feeds.web.presenters import calendar_name, choices, feeds_shown
from cycle_tracker.models.access import CalendarFeed
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_user_row, current_viewer, public, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

# More than a person owns. The library takes a millisecond or two for each.
LISTED_AT_MOST = 500

bp = Blueprint("calendar_feeds", __name__)
log = logging.getLogger(__name__)


@bp.route("/account/calendar", methods=["GET", "POST"])
@signed_in
def show() -> ResponseReturnValue:
    """One's own addresses, and the form that makes another. The new address is on the answer itself, this once."""
    viewer, user = current_viewer(), current_user_row()
    partnerships = list_followed(viewer)
    form = FeedForm()
    form.offer(choices(viewer, partnerships))
    of = next((one for one in partnerships if one.slug == form.of.data), None)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            token = make_feed(user, of, now=clock.now())
    return _made(token, of) if attempt.saved else (_page(form), attempt.status)


def _page(form: FeedForm) -> str:
    viewer = current_viewer()
    feeds = feeds_shown(list_feeds(viewer.user_id), viewer)
    return render_template("feeds/show.html", form=form, feeds=feeds, stop_form=StopForm())


def _made(token: str, of: Partnership | None) -> str:
    """The address on a page, this once. Programs that know the scheme `webcal` subscribe to it by themselves."""
    address = current_app.config["SERVICE_URL"] + addresses.calendar_feed(token)
    return render_template(
        "feeds/made.html",
        address=address,
        webcal="webcal://" + address.split("://", 1)[-1],
        name=calendar_name(of),
    )


@bp.post("/account/calendar/stop")
@signed_in
def stop() -> ResponseReturnValue:
    """Stop one of one's own addresses. Another person's number stops nothing."""
    form, user = StopForm(), current_user_row()
    number = form.feed.data or ""
    if number.isascii() and number.isdigit() and len(number) < 10 and stop_feed(user, int(number), now=clock.now()):
        said = "Saved. The address is stopped and its calendar will no longer update."
    else:
        said = "That address has already been stopped."
    db.session.commit()
    flash(said, "success")
    return redirect(url_for("calendar_feeds.show"))


@bp.get("/partnerships/<slug>/calendar-feed")
@signed_in
def of_partnership(slug: str) -> ResponseReturnValue:
    """The same form, where somebody comes to it from a partnership: with that one chosen."""
    viewer = current_viewer()
    partnership, form = get_partnership(viewer, slug), FeedForm()
    form.offer(choices(viewer, list_followed(viewer)), wanted=partnership.slug)
    return _page(form)


@bp.get("/calendar/<token>.ics")
@public
def fetch(token: str) -> ResponseReturnValue:
    """What a calendar program is given, as its person may see it now. The token in the address is all that it has."""
    feed, viewer = get_feed(hash_of(token), clock.today())
    content = calendar_file(calendar_name(feed.partnership), _entries(viewer, feed.partnership))
    _note_fetched(feed)
    return _answer(content)


def _entries(viewer: Viewer, partnership: Partnership | None) -> list[CalendarEntry]:
    today, service_url = clock.today(), current_app.config["SERVICE_URL"]
    if partnership is None:
        found, all_of_it = list_own_dates(viewer, limit=LISTED_AT_MOST + 1), addresses.MY_WORK
    else:
        found = list_document_dates(viewer, partnership, today, limit=LISTED_AT_MOST + 1)
        all_of_it = addresses.partnership(partnership.slug)
    shown = found[:LISTED_AT_MOST]
    made = entries(
        lines([listed(one) for one in shown], viewer, today),
        last_changes([one.id for one in shown]),
        today,
        service_url=service_url,
        several=partnership is None,
    )
    if len(found) > len(shown):
        made.append(more_entry(LISTED_AT_MOST, today, service_url=service_url, address=all_of_it))
    return made


def _note_fetched(feed: CalendarFeed) -> None:
    """In a transaction of its own, which on SQLite begins with the change: a read cannot become one."""
    feed_id = feed.id
    db.session.rollback()
    try:
        note_fetched(feed_id, now=clock.now())
        db.session.commit()
    except OperationalError:
        log.warning("that a calendar was fetched could not be noted; it is given out all the same")
        db.session.rollback()


def _answer(content: bytes) -> Response:
    """The file, or 304 where the program has it already."""
    answer = make_response(content)
    answer.content_type = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = "inline; filename=cycle-tracker.ics"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.set_etag(hashlib.sha256(content).hexdigest())
    answer.make_conditional(request)
    return answer
