"""One's own account: where one is signed in, the password, when mails come."""

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.core.roles import Role
from cycle_tracker.models.access import SignInSession
from cycle_tracker.models.message import Message
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_user
from tests.factories import make_partnership, make_user
from tests.support.visits import PASSWORD, give_password, statements, visit_as, whole_page, words

NEW_PASSWORD = "three random words"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
STATEMENTS = 5
"""Who is signed in, what they may do, the recovery codes, the sign-ins, and the place for the page and for the menu."""


@pytest.fixture
def email(app: Flask) -> str:
    with app.app_context():
        return give_password(make_user(role=Role.LEAD, partnership=make_partnership()))


def person(email: str) -> User:
    found = find_user(email)
    assert found is not None
    return found


def sign_in_from(app: Flask, email: str, address: str, browser: str = FIREFOX) -> FlaskClient:
    client = app.test_client()
    data = {"email": email, "password": PASSWORD}
    answer = client.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address}, headers={"User-Agent": browser})
    assert answer.status_code == 302
    return client


def ids(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(SignInSession.id).order_by(SignInSession.id)))


def test_the_name_at_the_top_leads_to_it(app: Flask, email: str) -> None:
    page = whole_page(visit_as(app, email).get("/"))
    name = page.find("a", href="/account")
    assert name is not None
    assert name.text == "Ailsa Grant"


def test_it_says_where_one_is_signed_in(app: Flask, email: str, morning: time_machine.Traveller) -> None:
    sign_in_from(app, email, "192.0.2.7", "curl/8 <b>bold</b>")
    client = sign_in_from(app, email, "2001:db8::1")
    page = whole_page(client.get("/account"))
    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in page.select("#sign-in-list tbody tr")
    ]
    today = "3 July 2026 at 10:00"
    assert [row[:4] for row in rows] == [
        ["Firefox on Windows This device", "2001:db8::1", today, today],
        ["Unknown browser", "192.0.2.7", today, today],
    ]


def test_one_sign_in_is_ended_and_the_others_go_on(app: Flask, email: str) -> None:
    first, second = visit_as(app, email), visit_as(app, email)
    assert second.post("/account/sessions/end", data={"session": ids(app)[0]}).location == "/account"
    assert first.get("/").status_code == 302
    assert "That device is signed out" in words(whole_page(second.get("/account")))


def test_all_others_are_ended_at_once(app: Flask, email: str) -> None:
    others, this = [visit_as(app, email) for _ in range(3)], visit_as(app, email)
    this.post("/account/sessions/end", data={"session": ""})
    assert this.get("/").status_code == 200
    assert {other.get("/").status_code for other in others} == {302}


def test_ending_this_one_is_signing_out(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    assert client.post("/account/sessions/end", data={"session": ids(app)[-1]}).location == "/sign-in"
    assert client.get("/").status_code == 302


@pytest.mark.parametrize("number", ["another's", "999999", "-1", "x", "1e3", "9" * 40])
def test_nobody_ends_the_sign_ins_of_others(app: Flask, email: str, number: str) -> None:
    with app.app_context():
        other = visit_as(app, give_password(make_user("Rory Baird", role=Role.OFFICIAL)))
    wanted = ids(app)[0] if number == "another's" else number
    assert visit_as(app, email).post("/account/sessions/end", data={"session": wanted}).status_code == 302
    assert other.get("/").status_code == 200


def test_the_statements_are_the_same_for_one_sign_in_and_for_many(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    counts = []
    for more in (0, 20):
        for _ in range(more):
            visit_as(app, email)
        with statements(app) as seen:
            client.get("/account")
        counts.append(len(seen))
    assert counts == [STATEMENTS, STATEMENTS]


def test_a_new_password_ends_the_other_sign_ins_and_is_told_by_mail(app: Flask, email: str) -> None:
    other, client = visit_as(app, email), visit_as(app, email)
    answer = client.post("/account/password", data={"old": PASSWORD, "password": NEW_PASSWORD})
    assert answer.location == "/account"
    assert "Your password is changed" in words(whole_page(client.get("/account")))
    assert other.get("/").status_code == 302
    assert visit_as(app, email, NEW_PASSWORD).get("/").status_code == 200
    with app.app_context():
        [mail] = db.session.scalars(select(Message))
        assert (mail.recipient, mail.subject) == (email, "Cycle Tracker: your password was changed")


def test_what_is_wrong_with_a_password_is_said_and_nothing_changes(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    for old, new, said in [
        ("", NEW_PASSWORD, "Enter your current password"),
        ("wrong", NEW_PASSWORD, "This is not your current password"),
        ("x" * 10_000, NEW_PASSWORD, "The password must be 200 characters or fewer"),
        (PASSWORD, "", "Enter a new password"),
        (PASSWORD, "short", "The password must be 8 to 200 characters"),
        (PASSWORD, "x" * 201, "The password must be 8 to 200 characters"),
    ]:
        page = whole_page(client.post("/account/password", data={"old": old, "password": new}))
        assert said in words(page)
        assert not [field for field in page.find_all("input", type="password") if field.get("value")], old
    assert visit_as(app, email).get("/").status_code == 200
    with app.app_context():
        assert db.session.scalar(select(func.count(Message.id))) == 0


def test_who_finds_a_browser_open_cannot_guess_the_password_there(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    for _ in range(10):
        client.post("/account/password", data={"old": "wrong", "password": NEW_PASSWORD})
    answer = client.post("/account/password", data={"old": PASSWORD, "password": NEW_PASSWORD})
    assert "Wait 5 minutes" in words(whole_page(answer, 429))


def test_who_has_no_password_is_led_to_the_mail(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    with app.app_context():
        person(email).password = None
        db.session.commit()
    assert "You have no password yet" in words(whole_page(client.get("/account/password")))
    whole_page(client.post("/account/password", data={"old": "", "password": NEW_PASSWORD}))


def test_one_chooses_when_mails_come(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    page = whole_page(client.get("/account/preferences"))
    assert "Emails you always get" in words(page)
    assert client.post("/account/preferences", data={"rhythm": "weekly", "weekday": "3"}).location == "/account"
    assert "One email a week, on Thursday" in words(whole_page(client.get("/account")))
    with app.app_context():
        assert person(email).preference == Preference(Rhythm.WEEKLY, 3)


def test_what_matters_goes_straight_away_until_someone_chooses(app: Flask, email: str) -> None:
    with app.app_context():
        person(email).rhythm = User().rhythm or Rhythm.STANDARD
        db.session.commit()
    client = visit_as(app, email)
    said = "Straight away if it matters now, and the rest in one email a week, on "
    assert said + "Monday" in words(whole_page(client.get("/account")))
    client.post("/account/preferences", data={"rhythm": "standard", "weekday": "3"})
    assert said + "Thursday" in words(whole_page(client.get("/account")))
    with app.app_context():
        assert person(email).preference == Preference(Rhythm.STANDARD, 3)


def test_a_choice_that_there_is_not_is_refused_beside_the_field(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    for data in [
        {},
        {"rhythm": "never", "weekday": "0"},
        {"rhythm": "weekly", "weekday": "5"},
        {"rhythm": "weekly", "weekday": "x" * 10_000},
        {"rhythm": "weekly", "weekday": "-1"},
    ]:
        page = whole_page(client.post("/account/preferences", data=data))
        assert page.find(class_="ds_question__error-message") is not None, data
        with app.app_context():
            assert person(email).preference == Preference(Rhythm.DAILY), data
