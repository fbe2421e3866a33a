"""The fetching of a calendar: who is answered, what is kept of it, and what it costs."""

import logging
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.feeds.web import routes
from cycle_tracker.milestones.services.milestones import start_milestone
from cycle_tracker.models.access import CalendarFeed
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.user import RoleGrant
from cycle_tracker.web_app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import grant_role, make_milestone, make_report, make_user
from tests.feeds.web.conftest import Moray, demote
from tests.support.pages import counted_statements

STATEMENTS = 8
"""What a fetch asks for, however much is in it; noting that it was fetched included."""


def stop_it(place: Moray) -> None:
    db.session.scalars(select(CalendarFeed)).one().revoked_at = now()


def switch_off(place: Moray) -> None:
    place.owner.active = False


def take_the_role(place: Moray) -> None:
    db.session.delete(db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == place.owner.id)).one())


@pytest.mark.parametrize("change", [stop_it, switch_off, take_the_role, demote])
def test_the_next_fetch_finds_nothing(place: Moray, change: object) -> None:
    token = place.feed(place.owner)
    assert place.fetch(token).status_code == 200
    etag = place.fetch(token).headers["ETag"]
    change(place)  # type: ignore[operator]
    assert place.fetch(token).status_code == 404
    assert place.fetch(token, **{"If-None-Match": etag}).status_code == 404


@pytest.mark.parametrize("change", [stop_it, switch_off, take_the_role])
def test_the_next_fetch_of_a_partnerships_dates_finds_nothing_either(place: Moray, change: object) -> None:
    token = place.feed(place.owner, place.moray)
    assert place.fetch(token).status_code == 200
    change(place)  # type: ignore[operator]
    assert place.fetch(token).status_code == 404


def test_what_is_handed_over_or_in_a_partnership_one_left_goes(place: Moray) -> None:
    grant = grant_role(place.owner, Role.CONTRIBUTOR, place.fife)
    make_milestone(place.fife, title="Ask for views", due_on=date(2026, 8, 1), owner=place.owner)
    token = place.feed(place.owner)
    assert len(place.events(token)) == 3
    place.step.owner = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=place.moray)
    db.session.delete(grant)
    assert place.summaries(token) == ["Past guidance date: Annual report on 2025–26 (Moray)"]


def test_a_token_that_is_none_is_not_found(place: Moray) -> None:
    place.feed(place.owner)
    for token in ["", "x", "a" * 43, "a" * 5000, "..%2F..", "%F0%9F%98%80", "a%0Ab", "a/b"]:
        assert place.fetch(token).status_code == 404


def test_neither_the_number_nor_the_hash_of_a_feed_opens_it(place: Moray) -> None:
    place.feed(place.owner)
    feed = db.session.scalars(select(CalendarFeed)).one()
    assert {place.fetch(guess).status_code for guess in (str(feed.id), feed.token_hash)} == {404}


def test_the_same_bytes_are_not_sent_twice(place: Moray) -> None:
    token = place.feed(place.owner)
    first = place.fetch(token)
    again = place.fetch(token, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    start_milestone(place.step, by=place.owner, now=now())
    assert place.fetch(token, **{"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_nobody_between_keeps_it_and_its_links_tell_nobody_where_they_were(place: Moray) -> None:
    answer = place.fetch(place.feed(place.owner))
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_fetching_changes_when_it_was_fetched_at_most_once_an_hour_and_nothing_else(
    place: Moray, morning: time_machine.Traveller
) -> None:
    token = place.feed(place.owner)
    feed = db.session.scalars(select(CalendarFeed)).one()
    audit = len(db.session.scalars(select(AuditEvent)).all())
    began, times = now(), []
    for minutes in (0, 59, 60, 61, 121):
        morning.move_to(began + timedelta(minutes=minutes), tick=False)
        assert place.fetch(token).status_code == 200
        db.session.refresh(feed)
        assert feed.fetched_at is not None
        times.append((feed.fetched_at - began) // timedelta(minutes=1))
    assert times == [0, 0, 60, 60, 121]
    assert len(db.session.scalars(select(AuditEvent)).all()) == audit


def test_a_fetch_is_answered_although_noting_it_must_wait(place: Moray, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def locked(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(routes, "note_fetched", locked)
    assert place.fetch(place.feed(place.owner)).status_code == 200


def test_a_fetch_needs_no_token_of_a_form_and_no_sign_in(database: Database, place: Moray) -> None:
    token = place.feed(place.owner)
    strict = create_app({**settings_for_tests(database.url), "WTF_CSRF_ENABLED": True})
    with strict.test_client() as client:
        assert client.get(f"/calendar/{token}.ics").status_code == 200
    with strict.app_context():
        db.engine.dispose()


def test_links_never_follow_the_host_that_was_asked(place: Moray) -> None:
    answer = place.fetch(place.feed(place.owner), Host="evil.example")
    assert b"evil.example" not in answer.data
    assert b"127.0.0.1:5000/partnerships/moray" in answer.data.replace(b"\r\n ", b"")


def test_the_number_of_statements_is_constant(place: Moray) -> None:
    token = place.feed(place.owner, place.moray)
    own = place.feed(place.owner)
    with counted_statements() as few:
        place.fetch(token)
    with counted_statements() as few_own:
        place.fetch(own)
    for number in range(30):
        make_report(place.moray, key=f"more-{number}", owner=place.owner)
        make_milestone(place.moray, owner=place.owner)
    for feed in db.session.scalars(select(CalendarFeed)):
        feed.fetched_at = None
    db.session.commit()
    with counted_statements() as many:
        place.fetch(token)
    with counted_statements() as many_own:
        place.fetch(own)
    assert len(few) == len(many) <= STATEMENTS, many
    assert len(few_own) == len(many_own) <= STATEMENTS, many_own


def test_the_token_stands_in_no_log_of_the_app(
    place: Moray, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = place.feed(place.owner)
    caplog.set_level(logging.DEBUG)
    place.fetch(token)
    place.fetch("b" + token[1:])
    monkeypatch.setitem(place.app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(place.app.config, "TESTING", False)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(routes, "calendar_file", broken)
    assert place.fetch(token).status_code == 500
    assert "Exception on /calendar/(token).ics" in caplog.text
    assert token not in caplog.text
    assert token[1:] not in caplog.text
