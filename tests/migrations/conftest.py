"""The app that migrations are tried in, over a database of one's own at any version, on both databases."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from cycle_tracker.core.extensions import db
from cycle_tracker.web_app import create_app
from tests.conftest import BOTH_DATABASES, _execute_on_server, settings_for_tests
from tests.support.databases import make_quick

NEWEST = "head"
StandsAt = Callable[[str], None]


@dataclass(frozen=True)
class Blanks:
    """Databases without rows at versions that many tests begin at. Each is made once in a run, by the first worker
    that needs it, and then copied."""

    shared: Path
    server: str | None  # with `{name}` where a database goes; None for SQLite

    def copy(self, version: str, to: str) -> None:
        """Make the database of this address, which is not there, a copy of the blank one."""
        with (self.shared / f"blank-{self._kind}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made = self.shared / f"blank-{self._kind}-{version}"
            if not made.exists():
                self._make(version)
                made.touch()
        if self.server is None:
            shutil.copy(made, to.removeprefix("sqlite:///"))
        else:
            make_database(self.server, to.rpartition("/")[2], like=self._name(version))

    @property
    def _kind(self) -> str:
        return "sqlite" if self.server is None else "postgresql"

    def _name(self, version: str) -> str:
        return f"blank_{version}"

    def _make(self, version: str) -> None:
        if self.server is None:
            url = f"sqlite:///{self.shared / f'blank-sqlite-{version}'}"
        else:
            make_database(self.server, self._name(version))
            url = self.server.format(name=self._name(version))
        with in_context(url):
            upgrade(revision=version)


@pytest.fixture(params=BOTH_DATABASES)
def server(request: pytest.FixtureRequest) -> str | None:
    """The server of the databases, None for SQLite."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgres_address"))


@pytest.fixture
def empty_app(server: str | None, tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """The web app over a database with nothing in it."""
    if server is None:
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        make_database(server, f"migrations_{worker_id}")
        url = server.format(name=f"migrations_{worker_id}")
    with in_context(url) as app:
        yield app


@pytest.fixture
def stands_at(empty_app: Flask, server: str | None, shared_folder: Path) -> StandsAt:
    """Puts the database of the app at a version, before anything else is done with it."""
    url = empty_app.config["SQLALCHEMY_DATABASE_URI"]
    return lambda version: Blanks(shared_folder, server).copy(version, url)


@contextmanager
def in_context(url: str) -> Iterator[Flask]:
    """The web app over a database, in its context."""
    app = create_app(settings_for_tests(url))
    make_quick(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def make_database(server: str, name: str, *, like: str = "template1") -> None:
    """A database of this name on PostgreSQL, a copy of another one, in place of what was there."""
    _execute_on_server(server.format(name="postgres"), f"DROP DATABASE IF EXISTS {name}")
    _execute_on_server(server.format(name="postgres"), f"CREATE DATABASE {name} TEMPLATE {like}")
