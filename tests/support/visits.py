"""Visits by people who sign in by their address, to pages that are looked at as whole ones."""

from collections.abc import Iterator
from contextlib import contextmanager

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import User
from cycle_tracker.people.services.users import set_password
from tests.support.pages import PASSWORD, counted_statements, soup


def give_password(user: User, password: str = PASSWORD) -> str:
    """Give the person a password, commit, and say at which address they sign in."""
    set_password(user, password, by=None, now=clock.now())
    db.session.commit()
    return user.email


def visit_as(app: Flask, email: str, password: str = PASSWORD) -> FlaskClient:
    """A browser in which the person of this address has signed in."""
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return client


def whole_page(answer: TestResponse, status: int = 200) -> BeautifulSoup:
    """The page, once it is found to be a whole one: a status, a title, one heading of the first level, unique ids."""
    assert answer.status_code == status
    page = soup(answer)
    assert page.title is not None
    assert page.title.text.endswith(" - Cycle Tracker")
    assert len(page.find_all("h1")) == 1
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    return page


def words(page: BeautifulSoup) -> str:
    """What the main part of the page says, on one line."""
    main = page.find("main")
    assert main is not None
    return " ".join(main.get_text(" ").split()).replace(" .", ".").replace(" ,", ",")


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that the app sends meanwhile."""
    with app.app_context(), counted_statements() as seen:
        yield seen
