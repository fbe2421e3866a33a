"""How long a session lasts, and what ends it."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cycle_tracker.domain.permissions import Role
from cycle_tracker.extensions import db
from cycle_tracker.models import User
from cycle_tracker.queries.users import find_user
from cycle_tracker.web.app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import make_partnership, make_user
from tests.support.visits import PASSWORD, give_password, visit_as


@pytest.fixture
def email(app: Flask) -> str:
    """The address of a planning lead with a password."""
    with app.app_context():
        return give_password(make_user(role=Role.LEAD, partnership=make_partnership()))


def person(email: str) -> User:
    found = find_user(email)
    assert found is not None
    return found


def test_it_ends_after_half_an_hour_without_a_page(app: Flask, email: str, morning: time_machine.Traveller) -> None:
    client = visit_as(app, email)
    morning.shift(timedelta(minutes=29))
    assert client.get("/").status_code == 200
    morning.shift(timedelta(minutes=29))
    assert client.get("/").status_code == 200
    morning.shift(timedelta(minutes=31))
    assert client.get("/").location == "/sign-in?next=/"


def test_it_ends_after_twelve_hours_however_busy(app: Flask, email: str, morning: time_machine.Traveller) -> None:
    client = visit_as(app, email)
    for _ in range(36):
        morning.shift(timedelta(minutes=20))
        assert client.get("/").status_code == 200
    morning.shift(timedelta(seconds=1))
    assert client.get("/").status_code == 302


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    cookie = client.get_cookie("session")
    assert cookie is not None
    copy = app.test_client()
    copy.set_cookie("session", cookie.value)
    assert copy.get("/").status_code == 200
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/").status_code == 302
    assert copy.get("/").status_code == 302


def test_a_new_password_ends_it(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    with app.app_context():
        give_password(person(email), "quite another password")
    assert client.get("/").status_code == 302


def test_switching_the_account_off_ends_it(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    with app.app_context():
        person(email).active = False
        db.session.commit()
    assert client.get("/").status_code == 302


def test_signing_in_begins_a_new_one(app: Flask, email: str) -> None:
    client = app.test_client()
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"
    client.post("/sign-in", data={"email": email, "password": PASSWORD})
    with client.session_transaction() as after:
        assert "planted" not in after
        assert "_user_id" in after


def test_signing_out_is_a_form_and_not_a_link(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/").status_code == 200


def test_a_token_in_a_header_or_an_address_signs_nobody_in(app: Flask, email: str) -> None:
    with app.app_context():
        token = person(email).fs_uniquifier
    client = app.test_client()
    assert client.get("/", headers={"Authentication-Token": token}).status_code == 302
    assert client.get("/", query_string={"auth_token": token}).status_code == 302


def test_the_cookie_is_for_this_site_and_no_script(app: Flask, email: str) -> None:
    answer = app.test_client().post("/sign-in", data={"email": email, "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie


def test_on_https_the_cookie_is_bound_to_the_host(database: Database, app: Flask, email: str) -> None:
    secure = {"SESSION_COOKIE_SECURE": True, "SESSION_COOKIE_NAME": "__Host-session"}
    other = create_app({**settings_for_tests(database.url), **secure})
    data = {"email": email, "password": PASSWORD}
    answer = other.test_client().post("/sign-in", data=data, base_url="https://127.0.0.1")
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    with other.app_context():
        db.engine.dispose()


def test_a_form_without_its_token_is_refused(database: Database, app: Flask, email: str) -> None:
    strict = create_app({**settings_for_tests(database.url), "WTF_CSRF_ENABLED": True})
    answer = strict.test_client().post("/sign-in", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 400
    with strict.app_context():
        db.engine.dispose()
