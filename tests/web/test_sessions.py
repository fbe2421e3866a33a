"""How long a sign-in lasts, and what ends it. A saved cookie is worth nothing after any of the five."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role
from cycle_tracker.models.access import SignInSession
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services.people import deactivate, reactivate, take_away_role
from cycle_tracker.people.services.users import grant_role, set_password
from cycle_tracker.web_app import create_app
from tests.access_matrix.stage import everything
from tests.conftest import Database, settings_for_tests
from tests.factories import make_partnership, make_user
from tests.support.visits import PASSWORD, give_password, statements, visit_as, whole_page


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


def copy_of(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the cookie of this one."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    copy = app.test_client()
    copy.set_cookie("session", cookie.value)
    return copy


def test_a_copied_cookie_is_worth_nothing_after_signing_out_and_other_sign_ins_go_on(app: Flask, email: str) -> None:
    client, elsewhere = visit_as(app, email), visit_as(app, email)
    copy = copy_of(app, client)
    assert copy.get("/").status_code == 200
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/").status_code == 302
    assert copy.get("/").status_code == 302
    assert elsewhere.get("/").status_code == 200


def sign_out(client: FlaskClient, email: str) -> None:
    client.post("/sign-out")


def change_password(client: FlaskClient, email: str) -> None:
    visitor = visit_as(client.application, email)
    data = {"old": PASSWORD, "password": "three random words"}
    assert visitor.post("/account/password", data=data).status_code == 302


def reset_password(client: FlaskClient, email: str) -> None:
    with client.application.app_context():
        set_password(person(email), "three random words", by=None, now=clock.now())
        db.session.commit()


def give_role(client: FlaskClient, email: str) -> None:
    with client.application.app_context():
        grant_role(person(email), Role.AUDITOR, None, by=make_user(role=Role.ADMINISTRATOR), now=clock.now())
        db.session.commit()


def take_role(client: FlaskClient, email: str) -> None:
    with client.application.app_context():
        by = make_user(role=Role.ADMINISTRATOR)
        take_away_role(person(email).grants[0], by=by, today=clock.today(), now=clock.now())
        db.session.commit()


def switch_off_and_on(client: FlaskClient, email: str) -> None:
    with client.application.app_context():
        by = make_user(role=Role.ADMINISTRATOR)
        deactivate(person(email), by=by, now=clock.now())
        reactivate(person(email), by=by, now=clock.now())
        db.session.commit()


@pytest.mark.parametrize("event", [sign_out, change_password, reset_password, give_role, take_role, switch_off_and_on])
def test_a_saved_cookie_is_refused_after_it(app: Flask, email: str, event: Callable[[FlaskClient, str], None]) -> None:
    client = visit_as(app, email)
    saved = copy_of(app, client)
    assert saved.get("/").status_code == 200
    event(client, email)
    answer = saved.get("/account")
    assert answer.location == "/sign-in?next=/account"
    assert saved.get("/sign-in").status_code == 200
    assert saved.post("/account/preferences", data={"rhythm": "weekly", "weekday": "1"}).status_code == 302
    with app.app_context():
        assert person(email).rhythm is Rhythm.DAILY


def test_the_saved_cookie_of_a_sign_in_that_ran_out_is_refused_by_the_table(
    app: Flask, email: str, morning: time_machine.Traveller
) -> None:
    """The cookie itself says nothing of time: what was seen meanwhile is in the table."""
    client = visit_as(app, email)
    saved = copy_of(app, client)
    morning.shift(timedelta(minutes=20))
    assert client.get("/").status_code == 200
    morning.shift(timedelta(minutes=20))
    assert saved.get("/").status_code == 200
    morning.shift(timedelta(minutes=30, seconds=1))
    assert saved.get("/").status_code == 302


def test_that_it_is_in_use_is_written_once_a_minute_and_for_any_page(
    app: Flask, email: str, morning: time_machine.Traveller
) -> None:
    client = visit_as(app, email)

    def written(path: str) -> bool:
        with statements(app) as seen:
            client.get(path).close()
        return any(one.startswith("UPDATE sign_in_sessions") for one in seen)

    morning.shift(timedelta(seconds=59))
    assert not written("/")
    morning.shift(timedelta(seconds=1))
    assert [written(path) for path in ("/healthz", "/static/app/app.css", "/register", "/register")] == [
        False,
        False,
        True,
        False,
    ]


def test_who_is_signed_in_is_asked_in_one_statement_and_what_they_may_do_in_another(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    with statements(app) as seen:
        client.get("/account/password")
    assert len([one for one in seen if "sign_in_sessions" in one]) == 1
    assert len([one for one in seen if "role_grants" in one]) == 1
    assert not [one for one in seen if one.startswith(("UPDATE", "INSERT"))]


def test_the_table_holds_no_token_and_the_cookie_another_each_time(app: Flask, email: str) -> None:
    tokens = []
    for _ in range(2):
        with visit_as(app, email).session_transaction() as after:
            tokens.append(after["_user_id"])
    assert len(set(tokens)) == 2
    with app.app_context():
        kept = db.session.scalars(select(SignInSession.token_hash).order_by(SignInSession.id)).all()
    assert kept == [sha256(token.encode()).hexdigest() for token in tokens]


def test_signing_in_again_on_the_same_browser_ends_the_sign_in_before(app: Flask, email: str) -> None:
    client = visit_as(app, email)
    before = copy_of(app, client)
    client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert client.get("/").status_code == 200
    assert before.get("/").status_code == 302


def test_sign_ins_of_a_month_ago_are_let_go_of(app: Flask, email: str, morning: time_machine.Traveller) -> None:
    for _ in range(2):
        visit_as(app, email)
        morning.shift(timedelta(days=31))
    with app.app_context():
        assert len(db.session.scalars(select(SignInSession)).all()) == 1


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


@pytest.fixture
def strict(database: Database, app: Flask) -> Iterator[Flask]:
    """The app with tokens on its forms, as it is in production."""
    made = create_app({**settings_for_tests(database.url), "WTF_CSRF_ENABLED": True})
    yield made
    with made.app_context():
        db.engine.dispose()


def test_a_form_without_its_token_is_refused(strict: Flask, email: str) -> None:
    answer = strict.test_client().post("/sign-in", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 400


def token_on(client: FlaskClient, path: str) -> str:
    field = whole_page(client.get(path)).find("input", {"name": "csrf_token"})
    assert field is not None
    return str(field["value"])


def sign_in_with_token(strict: Flask, email: str) -> FlaskClient:
    client = strict.test_client()
    data = {"email": email, "password": PASSWORD, "csrf_token": token_on(client, "/sign-in")}
    assert client.post("/sign-in", data=data).status_code == 302
    return client


FORMS = {
    "/sign-out": {},
    "/account/sessions/end": {"session": ""},
    "/account/password": {"old": PASSWORD, "password": "three random words"},
    "/account/preferences": {"rhythm": "weekly", "weekday": "2"},
    "/account/codes": {"code": "123456", "password": PASSWORD},
    "/account/codes/off": {"code": "123456"},
    "/account/codes/recovery": {"code": "123456"},
}
OPEN_FORMS = {
    "/sign-in": {"email": "a@example.test", "password": PASSWORD},
    "/sign-in/code": {"code": "123456"},
    "/sign-in/link": {"email": "a@example.test"},
    "/sign-in/link/a-token": {},
    "/forgotten-password": {"email": "a@example.test"},
    "/reset-password/a-token": {"password": "three random words"},
    "/invitation/a-token": {"name": "A", "password": "three random words"},
}


@pytest.mark.parametrize("token", ["none", "of somebody else", "of the session before"])
def test_no_form_is_taken_with_another_token_than_its_own(strict: Flask, email: str, token: str) -> None:
    client = strict.test_client()
    before = token_on(client, "/sign-in")
    client = sign_in_with_token(strict, email)
    with strict.app_context():
        other = give_password(make_user("Rory Baird", role=Role.OFFICIAL))
    given = {
        "none": "",
        "of somebody else": token_on(sign_in_with_token(strict, other), "/account"),
        "of the session before": before,
    }[token]
    with strict.app_context():
        hash_before = everything()
    for path, data in {**FORMS, **OPEN_FORMS}.items():
        assert client.post(path, data={**data, "csrf_token": given}).status_code == 400, path
    with strict.app_context():
        assert everything() == hash_before
    assert client.get("/").status_code == 200
