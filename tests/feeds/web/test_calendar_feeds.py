"""What a calendar program is given: what is in it, who still gets it, and how it is written."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import Tag
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core.clock import LONDON, now, today
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.feeds.services import AT_MOST, make_feed
from cycle_tracker.feeds.web import routes
from cycle_tracker.milestones.services.milestones import finish_milestone, start_milestone
from cycle_tracker.models.access import CalendarFeed
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import PostHolder, RoleGrant, User
from cycle_tracker.web_app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import grant_role, make_milestone, make_partnership, make_report, make_user
from tests.support.pages import Browser, counted_statements, said, sign_in, soup
from tests.support.parallel import at_once

STATEMENTS = 8
"""What a fetch asks for, however much is in it; noting that it was fetched included."""


def calendar_of(answer: TestResponse) -> Any:
    """What a client library makes of the file."""
    return Calendar.from_ical(answer.data)


@dataclass
class Moray:
    """Moray with a contributor who owns a step and a report, and Fife with a step of theirs, on 3 July 2026."""

    app: Flask
    moray: Partnership
    fife: Partnership
    owner: User
    step: Milestone
    report: Milestone

    def fetch(self, token: str, **headers: str) -> TestResponse:
        client = Browser(self.app, self.app.response_class)
        return client.get(f"/calendar/{token}.ics", headers=headers)

    def feed(self, user: User, partnership: Partnership | None = None) -> str:
        token = make_feed(user, partnership, now=now())
        db.session.commit()
        return token

    def events(self, token: str) -> list[Any]:
        answer = self.fetch(token)
        assert answer.status_code == 200
        return list(calendar_of(answer).walk("VEVENT"))

    def summaries(self, token: str) -> list[str]:
        return [str(event["SUMMARY"]) for event in self.events(token)]


@pytest.fixture
def place(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        moray, fife = make_partnership("moray", name="Moray"), make_partnership("fife", name="Fife")
        owner = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray)
        step = make_milestone(moray, key="2026-29.draft", title="Draft the plan", due_on=date(2026, 7, 14), owner=owner)
        report = make_report(moray, owner=owner)
        db.session.commit()
        yield Moray(app, moray, fife, owner, step, report)
        db.session.remove()


def test_a_person_gets_what_they_own_that_is_open_past_its_date_or_not(place: Moray) -> None:
    make_milestone(place.moray, title="Of somebody else", owner=make_user("Rory Baird"))
    make_milestone(place.moray, title="No date yet", due_on=None, owner=place.owner)
    make_milestone(place.moray, title="Done long ago", owner=place.owner, state=State.DONE, done_on=date(2026, 5, 1))
    token = place.feed(place.owner)
    assert place.summaries(token) == [
        "Past guidance date: Annual report on 2025–26 (Moray)",
        "Draft the plan (Moray)",
    ]


def test_it_goes_over_all_their_partnerships_and_the_posts_that_they_hold(place: Moray) -> None:
    grant_role(place.owner, Role.CONTRIBUTOR, place.fife)
    post = make_user("Planning team", kind="post", role=Role.CONTRIBUTOR, partnership=place.fife)
    db.session.add(PostHolder(post_id=post.id, user_id=place.owner.id))
    make_milestone(place.fife, title="Needs assessment", due_on=date(2026, 9, 1), owner=post)
    make_milestone(place.fife, title="Ask for views", due_on=date(2026, 8, 1), owner=place.owner)
    assert place.summaries(place.feed(place.owner))[2:] == ["Ask for views (Fife)", "Needs assessment (Fife)"]


def test_what_fell_due_before_the_service_was_used_is_never_shown_as_late(place: Moray) -> None:
    place.moray.notify_from = date(2026, 7, 1)
    assert place.summaries(place.feed(place.owner)) == ["Draft the plan (Moray)"]


def test_an_event_is_a_whole_london_day_with_as_little_as_it_takes(place: Moray) -> None:
    report, step = place.events(place.feed(place.owner))
    assert sorted(step.keys()) == [
        "DESCRIPTION",
        "DTEND",
        "DTSTAMP",
        "DTSTART",
        "LAST-MODIFIED",
        "SEQUENCE",
        "SUMMARY",
        "TRANSP",
        "UID",
        "URL",
    ]
    assert step["DTSTART"].params == {"VALUE": "DATE"}
    assert (step.decoded("DTSTART"), step.decoded("DTEND")) == (date(2026, 7, 14), date(2026, 7, 15))
    address = "http://127.0.0.1:5000/partnerships/moray/milestones/2026-29.draft"
    assert step["URL"] == address
    assert step["DESCRIPTION"] == f"Local date 14 July 2026.\n{address}"
    assert step["TRANSP"] == "TRANSPARENT"
    assert step.subcomponents == []
    assert report.decoded("DTSTART") == date(2026, 6, 30)
    assert place.owner.name not in place.fetch(place.feed(place.owner)).get_data(as_text=True)


def test_the_calendar_names_itself_and_says_when_to_ask_again(place: Moray) -> None:
    answer = place.fetch(place.feed(place.owner))
    calendar = calendar_of(answer)
    assert (calendar["VERSION"], calendar["CALSCALE"]) == ("2.0", "GREGORIAN")
    assert calendar["X-WR-CALNAME"] == calendar["NAME"] == "Cycle Tracker: my work"
    assert calendar.decoded("REFRESH-INTERVAL") == timedelta(hours=6)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in answer.data
    assert answer.content_type == "text/calendar; charset=utf-8"


def test_a_uid_belongs_to_the_milestone_whatever_its_title_and_date_become(place: Moray) -> None:
    token = place.feed(place.owner)
    before = place.events(token)[1]
    place.step.title, place.step.due_on = "Draft the whole plan", date(2026, 8, 3)
    after = place.events(token)[1]
    assert after["UID"] == before["UID"] == f"milestone-{place.step.id}@127.0.0.1:5000"
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (after["SUMMARY"], after.decoded("DTSTART")) == ("Draft the whole plan (Moray)", date(2026, 8, 3))


def test_an_event_says_when_what_stands_in_it_last_changed(place: Moray, morning: time_machine.Traveller) -> None:
    token = place.feed(place.owner)
    report, step = place.events(token)
    assert report.decoded("LAST-MODIFIED") == datetime(2026, 7, 1, tzinfo=LONDON).astimezone(UTC)  # it became past
    assert step.decoded("LAST-MODIFIED") == datetime(2017, 4, 1, tzinfo=LONDON).astimezone(UTC)
    morning.move_to(datetime(2026, 9, 1, 10, 0, tzinfo=LONDON), tick=False)
    outstanding = place.events(token)[0]
    assert str(outstanding["SUMMARY"]).startswith("Outstanding: ")
    assert outstanding.decoded("LAST-MODIFIED") == datetime(2026, 8, 30, tzinfo=LONDON).astimezone(UTC)
    start_milestone(place.step, by=place.owner, now=now())
    changed = place.events(token)[1]
    assert changed.decoded("LAST-MODIFIED") == changed.decoded("DTSTAMP") == now()


def test_what_is_done_goes_from_a_persons_calendar(place: Moray) -> None:
    token = place.feed(place.owner)
    finish_milestone(place.step, today(), by=place.owner, today=today(), now=now())
    assert place.summaries(token) == ["Past guidance date: Annual report on 2025–26 (Moray)"]


def test_a_partnerships_calendar_holds_its_documents_and_nothing_else(place: Moray) -> None:
    make_report(place.fife, title="Report of Fife")
    make_report(
        place.moray,
        key="2023-26.annual-report-2",
        year_end=date(2025, 3, 31),
        state=State.DONE,
        done_on=date(2025, 9, 1),
    )
    make_report(
        place.moray, key="2020-23.annual-report-1", year_end=date(2021, 3, 31), state=State.DONE, done_on=today()
    )
    make_report(place.moray, key="2023-26.not", year_end=date(2024, 3, 31), state=State.NOT_REQUIRED)
    for role in (Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR):
        token = place.feed(make_user(f"A {role.value}", role=role), place.moray)
        assert [str(event["SUMMARY"]).split(": ")[-1] for event in place.events(token)] == [
            "Annual report on 2020–21",
            "Annual report on 2024–25",
            "Annual report on 2025–26",
        ]
    calendar = calendar_of(place.fetch(place.feed(place.owner, place.moray)))
    assert calendar["X-WR-CALNAME"] == "Moray: plans and annual reports"


def test_a_new_expected_date_goes_with_its_explanation_and_beside_the_guidance_date(place: Moray) -> None:
    change = DateChange(
        milestone_id=place.report.id,
        kind=DateChangeKind.EXPECTED,
        old_due_on=place.report.due_on,
        new_due_on=date(2026, 9, 15),
        reason="The board meets late.",
        shared=True,
        proposed_by_id=place.owner.id,
        proposed_at=now(),
        noted_by_id=place.owner.id,
        noted_at=now(),
    )
    db.session.add(change)
    place.report.due_on, place.report.expected_date = date(2026, 9, 15), True
    official = place.feed(make_user("An official", role=Role.OFFICIAL), place.moray)
    (event,) = place.events(official)
    assert event.decoded("DTSTART") == date(2026, 9, 15)
    assert str(event["DESCRIPTION"]).startswith("New expected date 15 September 2026. Guidance date 30 June 2026.\n")
    assert "board" not in str(event["DESCRIPTION"])
    change.shared = False
    (event,) = place.events(official)
    assert event.decoded("DTSTART") == date(2026, 6, 30)
    assert "15 September" not in place.fetch(official).get_data(as_text=True)
    (event,) = place.events(place.feed(place.owner, place.moray))
    assert event.decoded("DTSTART") == date(2026, 9, 15)


def test_a_calendar_without_a_date_is_still_a_valid_one(place: Moray) -> None:
    nobody = make_user("New here", role=Role.CONTRIBUTOR, partnership=place.moray)
    calendar = calendar_of(place.fetch(place.feed(nobody)))
    assert calendar.walk("VEVENT") == []
    assert [component.name for component in calendar.subcomponents] == ["VTIMEZONE"]


def test_more_dates_than_are_listed_are_told_of(place: Moray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "LISTED_AT_MOST", 1)
    report, more = place.events(place.feed(place.owner))
    assert more["SUMMARY"] == "Only the first 1 dates are shown"
    assert (more["URL"], more.decoded("DTSTART")) == ("http://127.0.0.1:5000/my-work", today())


# Who still gets it


def stop_it(place: Moray) -> None:
    db.session.scalars(select(CalendarFeed)).one().revoked_at = now()


def switch_off(place: Moray) -> None:
    place.owner.active = False


def take_the_role(place: Moray) -> None:
    db.session.delete(db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == place.owner.id)).one())


def demote(place: Moray) -> None:
    db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == place.owner.id)).one().role = Role.GOVERNANCE


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


# Fetching


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


# The pages


def make_address(client: Browser, of: str) -> str:
    answer = client.post("/account/calendar", data={"of": of})
    assert answer.status_code == 200
    code = soup(answer).find("code", id="address")
    assert isinstance(code, Tag), said(answer)
    return code.get_text()


def test_an_address_is_shown_once_kept_as_a_hash_and_works(place: Moray) -> None:
    client = sign_in(place.app, place.owner)
    address = make_address(client, "what-i-own")
    assert address.startswith("http://127.0.0.1:5000/calendar/")
    token = address.removeprefix("http://127.0.0.1:5000/calendar/").removesuffix(".ics")
    assert len(token) >= 43  # 256 bits
    assert len(place.events(token)) == 2
    page = client.get("/account/calendar")
    assert token not in page.get_data(as_text=True)
    assert "Your work in all your partnerships 3 July 2026 at 10:00 3 July 2026 at 10:00 Stop" in said(page)
    feed = db.session.scalars(select(CalendarFeed)).one()
    assert token not in repr({column.name: getattr(feed, column.name) for column in CalendarFeed.__table__.columns})
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.subject == "calendar-feed").order_by(AuditEvent.id)
    ).all()
    assert [(event.action, event.actor_id) for event in events] == [("made", place.owner.id)]


def test_stopping_an_address(place: Moray) -> None:
    client = sign_in(place.app, place.owner)
    token = make_address(client, "moray").rsplit("/", 1)[-1].removesuffix(".ics")
    feed = db.session.scalars(select(CalendarFeed)).one()
    stop = {"feed": str(feed.id)}
    assert client.post("/account/calendar/stop", data=stop).location == "/account/calendar"
    page = client.get("/account/calendar")
    assert "The address is stopped" in page.get_data(as_text=True)
    assert "You have no addresses yet." in said(page)
    assert place.fetch(token).status_code == 404
    client.post("/account/calendar/stop", data=stop)
    assert "That address has already been stopped." in client.get("/account/calendar").get_data(as_text=True)


def test_a_number_that_is_none_stops_nothing(place: Moray) -> None:
    token = place.feed(place.owner)
    client = sign_in(place.app, place.owner)
    for number in ["", "x", "-1", "99999999999999", "1" * 5000, "१"]:
        assert client.post("/account/calendar/stop", data={"feed": number}).status_code == 302
        assert place.fetch(token).status_code == 200, number


def test_nobody_stops_the_address_of_another(place: Moray) -> None:
    token = place.feed(place.owner)
    feed = db.session.scalars(select(CalendarFeed)).one()
    other = sign_in(place.app, make_user("Rhona Bell", role=Role.ADMINISTRATOR))
    other.post("/account/calendar/stop", data={"feed": str(feed.id)})
    assert place.fetch(token).status_code == 200
    assert "You have no addresses yet." in said(other.get("/account/calendar"))


def test_pressing_the_button_twice_leaves_one(place: Moray) -> None:
    client = sign_in(place.app, place.owner)
    first, second = make_address(client, "moray"), make_address(client, "moray")
    live = db.session.scalars(select(CalendarFeed).where(CalendarFeed.revoked_at.is_(None))).all()
    assert len(live) == 1
    assert place.fetch(second.rsplit("/", 1)[-1].removesuffix(".ics")).status_code == 200
    assert place.fetch(first.rsplit("/", 1)[-1].removesuffix(".ics")).status_code == 404


@pytest.mark.on_both_databases
def test_two_made_at_the_same_moment_leave_one(place: Moray) -> None:
    number = place.owner.id
    db.session.commit()

    def make() -> str:
        token = make_feed(db.session.get_one(User, number), None, now=now())
        db.session.commit()
        return token

    tokens = at_once(place.app, make, make, make)
    assert sorted(place.fetch(token).status_code for token in tokens) == [200, 404, 404]


def test_one_that_is_in_use_is_left_alone_by_another_for_the_next_device(place: Moray) -> None:
    first = place.feed(place.owner)
    place.fetch(first)
    second = place.feed(place.owner)
    assert [place.fetch(token).status_code for token in (first, second)] == [200, 200]


def test_a_person_has_so_many_at_most(place: Moray) -> None:
    for _ in range(AT_MOST):
        place.fetch(place.feed(place.owner))
    answer = sign_in(place.app, place.owner).post("/account/calendar", data={"of": "moray"})
    assert "You already have 20 calendar addresses. Stop one" in said(answer)
    assert len(db.session.scalars(select(CalendarFeed)).all()) == AT_MOST


def test_what_was_not_offered_is_refused_beside_the_field(place: Moray) -> None:
    client = sign_in(place.app, place.owner)
    for of in ["", "fife", "no-such-place", "long " * 2000, "<script>", "moray\x01"]:
        answer = client.post("/account/calendar", data={"of": of})
        assert "Choose what the calendar should show, from the list" in said(answer), of
        assert db.session.scalars(select(CalendarFeed)).all() == [], of


def test_what_is_offered_is_what_the_person_may_see(place: Moray) -> None:
    def offered(user: User) -> list[str]:
        page = soup(sign_in(place.app, user).get("/account/calendar"))
        return [str(option["value"]) for option in page.select("select[name=of] option")]

    assert offered(place.owner) == ["what-i-own", "moray"]
    assert offered(make_user("An official", role=Role.OFFICIAL)) == ["fife", "moray"]
    assert offered(make_user("Of Moray's group", role=Role.GOVERNANCE, partnership=place.moray)) == ["moray"]
    assert "You do not have a role yet, so there are no dates to show." in said(
        sign_in(place.app, make_user("New here")).get("/account/calendar")
    )


def test_the_way_from_a_partnership_and_from_ones_account(place: Moray) -> None:
    client = sign_in(place.app, place.owner)
    page = soup(client.get("/partnerships/moray"))
    link = page.find("a", string="Add to your calendar")
    assert isinstance(link, Tag)
    form = soup(client.get(str(link["href"])))
    chosen = form.select_one("select[name=of] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "moray"
    assert client.get("/partnerships/fife/calendar-feed").status_code == 404
    assert soup(client.get("/account")).select_one('a[href="/account/calendar"]') is not None


def test_an_address_that_a_new_role_has_closed_says_so(place: Moray) -> None:
    place.feed(place.owner)
    demote(place)
    page = sign_in(place.app, place.owner).get("/account/calendar")
    assert "Not working, because you no longer have access" in said(page)
