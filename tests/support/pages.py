"""Going through pages with the test client: signing in, reading what a page says, counting its statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from functools import cache
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from flask_login import login_user
from flask_security import hash_password
from sqlalchemy import event
from werkzeug.test import TestResponse

from cycle_tracker.access.services.sessions import begin_session
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import User
from cycle_tracker.web.sessions import TOKEN

PASSWORD = "a-password-for-tests"


class Browser(FlaskClient):
    """A client whose requests share nothing with the test: neither its app context nor its transaction.

    What the test has put in so far is committed first, and what it holds is read anew afterwards.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.commit()
        return Context().run(super().open, *args, **kwargs)


def sign_in(app: Flask, user: User) -> Browser:
    """A browser in which this person is signed in, by a sign-in in the table and a cookie with its token."""
    user.password = _password_of_all()
    now = clock.now()
    token = begin_session(user, browser="Werkzeug", address="127.0.0.1", now=now)
    db.session.commit()
    client = Browser(app, app.response_class)
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], _cookie_for(client, user, token))
    return client


@cache
def _password_of_all() -> str:
    return str(hash_password(PASSWORD))


def _cookie_for(client: FlaskClient, user: User, token: str) -> str:
    """What the browser is given at sign-in."""
    app = client.application
    with app.test_request_context(environ_base=client.environ_base):
        login_user(user)
        session[TOKEN] = token
        signing = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signing is not None
        return str(signing.dumps(dict(session)))


def soup(response: TestResponse) -> BeautifulSoup:
    """The page, parsed once."""
    parsed: BeautifulSoup | None = getattr(response, "_soup", None)
    if parsed is None:
        parsed = response._soup = BeautifulSoup(response.get_data(as_text=True), "lxml")  # type: ignore[attr-defined]
    return parsed


def said(response: TestResponse) -> str:
    """What the main part of the page says, wherever its lines break."""
    page = soup(response)
    main = page.find("main") or page
    return " ".join(main.get_text(" ").split()).replace(" .", ".").replace(" ,", ",")


def value_of(response: TestResponse, name: str) -> str:
    """What stands in the field of this name."""
    field = soup(response).find(None, attrs={"name": name})
    assert field is not None, name
    return str(field.get("value", "")) if field.name == "input" else field.get_text().strip()


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The statements that the database is sent meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):  # only on SQLite do we say it ourselves
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
