"""The databases that every test of the database runs on, the apps over them, and which tests a run takes."""

import gc
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from cycle_tracker.app import create_core_app
from cycle_tracker.core.extensions import db
from tests.support import selection
from tests.support.databases import Database, Postgresql, Sqlite, make_quick
from tests.support.postgres import Cluster, start_cluster
from tests.support.settings import settings_for_tests

__all__ = ["Database", "settings_for_tests"]

pytest_plugins = ["tests.support.job_fixtures", "tests.support.page_fixtures"]

CLUSTER = pytest.StashKey[Cluster]()
BOTH_DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--selection`."""
    selection.add_option(parser)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the selection leaves out, once Hypothesis has marked its own."""
    left_out = selection.choose(config.option.selection, items)
    config.hook.pytest_deselected(items=left_out)


def pytest_configure(config: pytest.Config) -> None:
    """Where tests are run: say how many examples properties look at, and let all apps share compiled templates."""
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        selection.load_profile(config.option.selection)
        cache = getattr(config, "cache", None)  # pytest may be told to keep none
        if cache is not None:
            compiled = FileSystemBytecodeCache(str(cache.mkdir("templates")))
            Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": compiled}


def pytest_collection_finish() -> None:
    """Nearly all that was loaded stays: looking through it for garbage time and again took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Start the run's PostgreSQL before the first worker, and tell each where it is."""
    node.workerinput["postgres"] = _postgres_of_run(node.config)


@pytest.fixture(scope="session")
def postgres_address(request: pytest.FixtureRequest) -> str:
    """The address of the run's PostgreSQL, with `{name}` where a database goes. Without workers, it starts here."""
    if hasattr(request.config, "workerinput"):
        return str(request.config.workerinput["postgres"])
    return _postgres_of_run(request.config)


def _postgres_of_run(config: pytest.Config) -> str:
    if CLUSTER not in config.stash:
        config.stash[CLUSTER] = start_cluster(Path(tempfile.mkdtemp(prefix="cycle-tracker-tests-")))
    return config.stash[CLUSTER].url("{name}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it again."""
    if CLUSTER in config.stash:
        config.stash[CLUSTER].remove()


class Kept:
    """What a worker makes once and keeps, though pytest lets go of a fixture each time that its parameter changes."""

    def __init__(self, folder: Path, worker: str, address: Callable[[], str]) -> None:
        self._folder, self._worker, self._address = folder, worker, address
        self._databases: dict[str, Database] = {}
        self._apps: dict[tuple[str, bool], Flask] = {}

    def database(self, kind: str) -> Database:
        if kind not in self._databases:
            self._databases[kind] = self._sqlite() if kind == "sqlite" else self._postgresql()
        return self._databases[kind]

    def app(self, database: Database, *, pages: bool) -> Flask:
        key = (database.kind, pages)
        if key not in self._apps:
            self._apps[key] = _make_app(database.url, pages=pages)
        return self._apps[key]

    def hang_up(self) -> None:
        """Close the connections: one that is left open is a warning, and so an error."""
        for app in self._apps.values():
            with app.app_context():
                db.engine.dispose()

    def _sqlite(self) -> Sqlite:
        made = Sqlite(f"sqlite:///{self._folder / 'tests.db'}")
        made.create()
        return made

    def _postgresql(self) -> Postgresql:
        address, name = self._address(), f"tests_{self._worker}"
        _execute_on_server(address.format(name="postgres"), f"CREATE DATABASE {name}")
        made = Postgresql(address.format(name=name))
        made.create()
        return made


@pytest.fixture(scope="session")
def of_worker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Kept]:
    """The databases and apps of this worker."""
    made = Kept(tmp_path_factory.mktemp("database"), worker_id, lambda: request.getfixturevalue("postgres_address"))
    yield made
    made.hang_up()


@pytest.fixture(scope="session")
def shared_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of the run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session", params=BOTH_DATABASES)
def database(request: pytest.FixtureRequest, of_worker: Kept) -> Database:
    """Each of the two databases, with all tables, one for each worker."""
    return of_worker.database(request.param)


@pytest.fixture
def core_app(database: Database, of_worker: Kept) -> Iterator[Flask]:
    """The core app in its context, over an empty database."""
    app = of_worker.app(database, pages=False)
    database.clean(app)
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def app(database: Database, of_worker: Kept) -> Flask:
    """The web app over an empty database. Push its context to put rows in; requests use contexts of their own."""
    app = of_worker.app(database, pages=True)
    database.clean(app)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts."""
    return app.test_client()


def _make_app(url: str, *, pages: bool) -> Flask:
    if pages:
        from cycle_tracker.web_app import create_app

        app = create_app(settings_for_tests(url))
    else:
        app = create_core_app(settings_for_tests(url))
    make_quick(app)
    return app


def _execute_on_server(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
