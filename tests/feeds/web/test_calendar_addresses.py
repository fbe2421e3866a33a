"""The addresses that a person makes, sees once and stops."""

import pytest
from bs4 import Tag
from sqlalchemy import select

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.feeds.services import AT_MOST, make_feed
from cycle_tracker.models.access import CalendarFeed
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.user import User
from tests.factories import make_user
from tests.feeds.web.conftest import Moray, demote
from tests.support.pages import Browser, said, sign_in, soup
from tests.support.parallel import at_once


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
