"""Codes for signing in: set up with one code and the password, asked for on a second page, turned off with a code."""

import re
import time as wall
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Barrier, BrokenBarrierError

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.access import SignInSession
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services import codes
from cycle_tracker.people.services.people import deactivate
from cycle_tracker.people.services.users import set_password
from tests.factories import make_partnership, make_user
from tests.support.account_mails import mailed_link
from tests.support.mail_out import sink_for
from tests.support.parallel import at_once
from tests.support.visits import PASSWORD, give_password, visit_as, whole_page, words

pytestmark = pytest.mark.usefixtures("morning")


@pytest.fixture
def email(app: Flask) -> str:
    with app.app_context():
        return give_password(make_user(role=Role.LEAD, partnership=make_partnership()))


class Phone:
    """The app on a person's phone, with the key that it was given, and the recovery codes beside it."""

    def __init__(self, page: str) -> None:
        found = re.search(r'app-code-key">([A-Z2-7 ]+)<', page)
        assert found is not None
        self.key = found[1].replace(" ", "")
        self.recovery: list[str] = []

    def code(self) -> str:
        return str(TOTP(key=self.key, format="base32").generate(time=int(wall.time())).token)


def turn_on(client: FlaskClient, morning: time_machine.Traveller) -> Phone:
    """Set codes up; half a minute later the next code is there."""
    phone = Phone(client.get("/account/codes").get_data(as_text=True))
    answer = client.post("/account/codes", data={"code": phone.code(), "password": PASSWORD})
    page = whole_page(answer)
    phone.recovery = [code.text for code in page.select(".app-recovery-codes code")]
    assert len(phone.recovery) == 10
    morning.shift(timedelta(seconds=30))
    return phone


def first_step(app: Flask, email: str, **more: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": email, "password": PASSWORD, **more})
    assert answer.location == "/sign-in/code"
    return client


def second_step(client: FlaskClient, code: str) -> TestResponse:
    return client.post("/sign-in/code", data={"code": code})


def test_the_secret_is_shown_as_text_and_as_a_picture_without_styles(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    page = whole_page(client.get("/account/codes"))
    picture = page.select_one(".app-code-picture svg")
    assert picture is not None
    assert page.find("style") is None
    assert not page.find_all(style=True)
    shown = Phone(str(page)).key
    assert Phone(client.get("/account/codes").get_data(as_text=True)).key == shown, "the same until it is confirmed"


def test_signing_in_then_takes_a_second_step(app: Flask, email: str, morning: time_machine.Traveller) -> None:
    phone = turn_on(visit_as(app, email), morning)
    client = first_step(app, email, next="/escalations?page=2")
    assert client.get("/").status_code == 302, "the first step alone lets nobody in"
    assert client.get("/account").status_code == 302
    assert "Enter your code" in words(whole_page(client.get("/sign-in/code")))
    code = phone.code()
    assert second_step(client, code).location == "/escalations?page=2"
    assert client.get("/").status_code == 200
    again = first_step(app, email)
    assert "has been used before" in words(whole_page(second_step(again, code)))
    assert second_step(again, phone.recovery[3]).status_code == 302
    assert "9 recovery codes left" in words(whole_page(again.get("/account")))


def test_a_mailed_link_takes_the_second_step_too(app: Flask, email: str, morning: time_machine.Traveller) -> None:
    phone = turn_on(visit_as(app, email), morning)
    client = app.test_client()
    client.post("/sign-in/link", data={"email": email})
    with sink_for(app) as sink, app.app_context():
        path = mailed_link(sink)
        db.session.remove()
    assert client.post(path).location == "/sign-in/code"
    assert client.get("/").status_code == 302
    assert second_step(client, phone.code()).location == "/"
    assert client.get("/").status_code == 200


def test_turning_codes_on_ends_the_sign_ins_that_had_none(
    app: Flask, email: str, morning: time_machine.Traveller
) -> None:
    other, client = visit_as(app, email), visit_as(app, email)
    turn_on(client, morning)
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302


def test_wrong_codes_are_counted_as_wrong_passwords_are(
    app: Flask, email: str, morning: time_machine.Traveller
) -> None:
    phone = turn_on(visit_as(app, email), morning)
    client = first_step(app, email)
    for _ in range(10):
        whole_page(second_step(client, "000000"))
    assert "Wait 5 minutes" in words(whole_page(second_step(client, phone.code()), 429))
    morning.shift(timedelta(minutes=5))
    assert second_step(client, phone.code()).status_code == 302


def test_the_second_step_waits_ten_minutes(app: Flask, email: str, morning: time_machine.Traveller) -> None:
    phone = turn_on(visit_as(app, email), morning)
    client = first_step(app, email)
    morning.shift(timedelta(minutes=10, seconds=1))
    assert second_step(client, phone.code()).location == "/sign-in"
    assert app.test_client().get("/sign-in/code").location == "/sign-in"


@pytest.mark.parametrize("event", ["password", "switched off"])
def test_the_second_step_ends_with_what_ends_sign_ins(
    app: Flask, email: str, morning: time_machine.Traveller, event: str
) -> None:
    phone = turn_on(visit_as(app, email), morning)
    client = first_step(app, email)
    with app.app_context():
        person, now = find_user(email), clock.now()
        assert person is not None
        if event == "password":
            set_password(person, "three random words", by=person, now=now)
        else:
            deactivate(person, by=make_user(role=Role.ADMINISTRATOR), now=now)
        db.session.commit()
    assert second_step(client, phone.code()).location == "/sign-in"
    with app.app_context():
        assert not [one for one in db.session.scalars(select(SignInSession)) if one.ended_at is None]


def test_what_is_no_code_is_said_beside_the_field(app: Flask, email: str, morning: time_machine.Traveller) -> None:
    turn_on(visit_as(app, email), morning)
    for code in ["", "000000", "x" * 10_000, "<script>alert(1)</script>", "\u202e123456"]:
        page = whole_page(second_step(first_step(app, email), code))
        assert page.find(class_="ds_question__error-message") is not None, code


def test_codes_are_turned_on_by_who_has_the_password_and_a_right_code_only(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    phone = Phone(client.get("/account/codes").get_data(as_text=True))
    for code, password, said in [
        (phone.code(), "wrong", "This is not your current password"),
        (phone.code(), "", "Enter your password"),
        ("000000", PASSWORD, "This is not the code your app shows now"),
        ("", PASSWORD, "Enter the code"),
    ]:
        answer = client.post("/account/codes", data={"code": code, "password": password})
        assert said in words(whole_page(answer))
    assert visit_as(app, email).get("/").status_code == 200


def test_new_recovery_codes_and_turning_off_take_a_code(
    app: Flask, email: str, morning: time_machine.Traveller
) -> None:
    client = visit_as(app, email)
    phone = turn_on(client, morning)
    for path in ("/account/codes/recovery", "/account/codes/off"):
        assert "This code is wrong" in words(whole_page(client.post(path, data={"code": "000000"})))
    page = whole_page(client.post("/account/codes/recovery", data={"code": phone.code()}))
    renewed = [code.text for code in page.select(".app-recovery-codes code")]
    assert not set(renewed) & set(phone.recovery)
    assert "You have 10 recovery codes left" in words(whole_page(client.get("/account/codes")))
    assert client.post("/account/codes/off", data={"code": renewed[0]}).location == "/account"
    assert visit_as(app, email).get("/").status_code == 200
    assert client.post("/account/codes/off", data={"code": renewed[1]}).location == "/account/codes"


@pytest.mark.on_both_databases
def test_two_requests_with_the_same_code_at_the_same_moment_let_one_in(
    app: Flask, email: str, morning: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = turn_on(visit_as(app, email), morning)
    clients = [first_step(app, email) for _ in range(2)]
    code, both_have_looked, take = phone.code(), Barrier(2), codes._take

    def once_both_have_looked(user: User, match: codes._Match) -> bool:
        """SQLite lets one in at a time, so that the other cannot come here: it is not waited for long."""
        with suppress(BrokenBarrierError):
            both_have_looked.wait(timeout=1)
        return take(user, match)

    monkeypatch.setattr(codes, "_take", once_both_have_looked)
    answers = at_once(app, *(partial(second_step, client, code) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert sorted(client.get("/").status_code for client in clients) == [200, 302]
