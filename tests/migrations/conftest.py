"""The app that migrations are tried in: a database with nothing in it, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cycle_tracker.core.extensions import db
from cycle_tracker.web_app import create_app
from tests.conftest import BOTH_DATABASES, _execute_on_server, settings_for_tests
from tests.support.databases import make_quick


@pytest.fixture(params=BOTH_DATABASES)
def empty_app(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """The web app over a database with nothing in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        address = request.getfixturevalue("postgres_address")
        name = f"migrations_{worker_id}"
        _execute_on_server(address.format(name="postgres"), f"DROP DATABASE IF EXISTS {name}")
        _execute_on_server(address.format(name="postgres"), f"CREATE DATABASE {name}")
        url = address.format(name=name)
    yield from in_context(url)


def in_context(url: str) -> Iterator[Flask]:
    """The web app over a database, in its context."""
    app = create_app(settings_for_tests(url))
    make_quick(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
