"""What goes wrong is said in the words of the service, and nothing else of it is shown."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect
from sqlalchemy.exc import DataError, NoResultFound, OperationalError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import RequestEntityTooLarge

from cycle_tracker.core.errors import ChangedMeanwhile, IllegalTransition, NotAllowed, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.user import User
from cycle_tracker.web.access import public
from cycle_tracker.web_app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import make_user
from tests.support.visits import PASSWORD, give_password, visit_as, whole_page, words

RAISED: list[Exception] = []


@public
def fail() -> str:
    raise RAISED[-1]


@pytest.fixture
def failing(database: Database, app: Flask) -> Iterator[FlaskClient]:
    """An app with a page on which everything goes wrong, as it is in production."""
    made = create_app({**settings_for_tests(database.url), "TESTING": False})
    made.add_url_rule("/fail", "fail", fail)
    yield made.test_client()
    with made.app_context():
        db.engine.dispose()


def test_each_error_has_its_page(failing: FlaskClient) -> None:
    for error, status, title in [
        (NoResultFound(), 404, "Page not found"),
        (NotAllowed(), 403, "You cannot do this"),
        (ChangedMeanwhile("changed"), 409, "Someone else changed this first"),
        (StaleDataError("changed"), 409, "Someone else changed this first"),
        (ObjectDeletedError(inspect(User()), "gone"), 409, "Someone else changed this first"),
        (RuleBroken("no"), 400, "We could not understand that request"),
        (IllegalTransition("no"), 400, "We could not understand that request"),
        (OverflowError("too large"), 400, "We could not understand that request"),
        (DataError("SELECT", {}, Exception("out of range")), 400, "We could not understand that request"),
        (RequestEntityTooLarge(), 413, "The file is too large"),
        (OperationalError("SELECT", {}, Exception("locked")), 503, "Sorry, the service is not available"),
        (ValueError("secret detail"), 500, "Sorry, there is a problem with the service"),
    ]:
        RAISED.append(error)
        page = whole_page(failing.get("/fail"), status)
        heading = page.find("h1")
        assert heading is not None, error
        assert heading.text == title
        assert "secret detail" not in page.text, error
        assert "Traceback" not in page.text, error


def test_the_pages_for_a_broken_service_ask_the_database_for_nothing(failing: FlaskClient, app: Flask) -> None:
    with app.app_context():
        email = give_password(make_user(role=Role.OFFICIAL))
    failing.post("/sign-in", data={"email": email, "password": PASSWORD})
    RAISED.append(OperationalError("SELECT", {}, Exception("gone")))
    assert "Sign out" not in whole_page(failing.get("/fail"), 503).text


def test_text_that_no_database_takes_is_refused(app: Flask) -> None:
    with app.app_context():
        email = give_password(make_user(role=Role.OFFICIAL))
    client = visit_as(app, email)
    for path in ("/register?partnership=a%00b", "/outstanding?%00=1", "/partnerships/a%00/cycles/2026-29"):
        whole_page(client.get(path), 400)
    whole_page(app.test_client().post("/sign-in", data={"email": "a\x00@example.test", "password": "x"}), 400)


def test_a_page_that_is_not_there_is_said_so_to_everybody(app: Flask, client: FlaskClient) -> None:
    assert "Page not found" in words(whole_page(client.get("/nothing"), 404))


def test_a_wrong_role_is_told_so(app: Flask) -> None:
    with app.app_context():
        email = give_password(make_user(role=Role.OFFICIAL))
    assert "You do not have access to this page" in words(whole_page(visit_as(app, email).get("/service-health"), 403))
