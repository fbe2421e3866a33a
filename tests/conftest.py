"""The databases that every test of the database runs on, the apps over them, and one way to clean up."""

import gc
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cycle_tracker import models
from cycle_tracker.app import create_core_app
from cycle_tracker.database import engine_url
from cycle_tracker.extensions import Base, db
from tests.support import selection
from tests.support.postgres import Cluster, start_cluster

CLUSTER = pytest.StashKey[Cluster]()
_numbers = count(1)
BOTH_DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--selection`."""
    selection.add_option(parser)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the selection leaves out."""
    left_out = selection.choose(config.option.selection, items)
    config.hook.pytest_deselected(items=left_out)


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for the run: by the controller where there are workers, which are told its address."""
    selection.load_profile(config.option.selection)
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.stash[CLUSTER] = start_cluster(Path(tempfile.mkdtemp(prefix="cycle-tracker-tests-")))


def pytest_collection_finish() -> None:
    """Nearly all that was loaded stays: looking through it for garbage time and again took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it again."""
    cluster = config.stash.get(CLUSTER, None)
    if cluster is not None:
        cluster.remove()
        shutil.rmtree(cluster.folder, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the controller's PostgreSQL is."""
    node.workerinput["postgres"] = node.config.stash[CLUSTER].url("{name}")


@pytest.fixture(scope="session")
def postgres_address(request: pytest.FixtureRequest) -> str:
    """The address of the run's PostgreSQL, with `{name}` where a database goes."""
    if hasattr(request.config, "workerinput"):
        return str(request.config.workerinput["postgres"])
    return request.config.stash[CLUSTER].url("{name}")


@dataclass
class Database:
    """One database with the tables of the service, and how to empty it."""

    kind: str
    url: str
    empty: Path | None = None

    def clean(self, app: Flask) -> None:
        """Take every row out, past the triggers that guard the audit."""
        with app.app_context():
            db.session.remove()
            if self.empty is None:
                with db.engine.begin() as connection:
                    connection.execute(text("SET session_replication_role = replica"))
                    names = ", ".join(table.name for table in reversed(Base.metadata.sorted_tables))
                    connection.execute(text("; ".join(f"DELETE FROM {name}" for name in names.split(", "))))  # noqa: S608
                    connection.execute(text("SET session_replication_role = DEFAULT"))
                return
            db.engine.dispose()
            path = Path(self.url.removeprefix("sqlite:///"))
            for leftover in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                leftover.unlink(missing_ok=True)
            shutil.copy(self.empty, path)


@pytest.fixture(scope="session", params=BOTH_DATABASES)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Database]:
    """Each of the two databases, with all tables, one for each worker."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        made = Database("sqlite", f"sqlite:///{folder / 'tests.db'}", folder / "empty.db")
        _create_tables(f"sqlite:///{made.empty}")
        shutil.copy(folder / "empty.db", folder / "tests.db")
        yield made
        return
    address = request.getfixturevalue("postgres_address")
    name = f"tests_{worker_id}_{next(_numbers)}"  # a new one each time that pytest comes back to this database
    _execute_on_server(address.format(name="postgres"), f"CREATE DATABASE {name}")
    made = Database("postgresql", address.format(name=name))
    _create_tables(made.url)
    yield made


@pytest.fixture(scope="session")
def core_app_of_session(database: Database) -> Iterator[Flask]:
    """The core app, without pages, over the database."""
    app = create_core_app(settings_for_tests(database.url))
    yield app
    _hang_up(app)


@pytest.fixture
def core_app(core_app_of_session: Flask, database: Database) -> Iterator[Flask]:
    """The core app in its context, over an empty database."""
    database.clean(core_app_of_session)
    with core_app_of_session.app_context():
        yield core_app_of_session
        db.session.remove()


@pytest.fixture(scope="session")
def app_of_session(database: Database) -> Iterator[Flask]:
    """The web app over the database."""
    from cycle_tracker.web.app import create_app

    app = create_app(settings_for_tests(database.url))
    yield app
    _hang_up(app)


@pytest.fixture
def app(app_of_session: Flask, database: Database) -> Flask:
    """The web app over an empty database. Push its context to put rows in; requests use contexts of their own."""
    database.clean(app_of_session)
    return app_of_session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts."""
    return app.test_client()


def settings_for_tests(url: str) -> dict[str, Any]:
    """Settings over which a test may put its own."""
    return {
        "TESTING": True,
        "DATABASE_URL": url,
        "SECRET_KEY": "only-for-tests-" + "x" * 32,
        "WTF_CSRF_ENABLED": False,
        "SERVICE_URL": "http://127.0.0.1:5000",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": 1,
        "CHEAP_PASSWORDS": True,
    }


def _create_tables(url: str) -> None:
    models.load_all()
    app = create_core_app(settings_for_tests(url))
    with app.app_context():
        db.create_all()
        db.engine.dispose()


def _hang_up(app: Flask) -> None:
    """Close the connections of an app: one that is left open is a warning, and so an error."""
    with app.app_context():
        db.engine.dispose()


def _execute_on_server(url: str, statement: str) -> None:
    from sqlalchemy import create_engine

    engine = create_engine(engine_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
