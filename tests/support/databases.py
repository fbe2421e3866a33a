"""The databases of a run: made once for each worker, emptied before each test, and put back to what stood there."""

import copy
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import make_url

from cycle_tracker import models
from cycle_tracker.app import create_core_app
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import Base, db
from cycle_tracker.mail.services import demonstration
from tests.support.settings import settings_for_tests

Made = TypeVar("Made")


@dataclass
class Database(ABC):
    """One database with the tables of the service, how to empty it, and what stood in it before."""

    url: str
    _standing: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return make_url(self.url).get_backend_name()

    @property
    def empty(self) -> Path | None:
        """The file of an empty database, where a database is a file."""
        return None

    def clean(self, app: Flask) -> None:
        """Take every row out, past the triggers that guard the audit."""
        with app.app_context():
            db.session.remove()
            self._empty()
            app.extensions[demonstration.NAME] = False

    def stand(self, name: str, make: Callable[[], Made]) -> Made:
        """Fill an emptied database with what `make` puts in and commits: the first time by making it, then by putting
        the rows back as they were. What is made may depend on the day, never on what else is there. In an app context.
        """
        name = f"{name} at {clock.now():%Y-%m-%d %H}"
        if name not in self._standing:
            made = make()
            db.session.remove()
            self._standing[name] = (self._take(), made)
        else:
            db.session.remove()
            self._put(self._standing[name][0])
        return copy.deepcopy(self._standing[name][1])

    @abstractmethod
    def _empty(self) -> None: ...

    @abstractmethod
    def _take(self) -> Any:
        """All rows, as this kind of database keeps them."""

    @abstractmethod
    def _put(self, taken: Any) -> None:
        """Put them back into the emptied database."""


class Sqlite(Database):
    """A file, which is emptied by a copy of an empty one."""

    @property
    def path(self) -> Path:
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def empty(self) -> Path:
        return self.path.with_suffix(".empty")

    def create(self) -> None:
        create_tables(f"sqlite:///{self.empty}")
        shutil.copy(self.empty, self.path)

    def fill(self, file: Path) -> None:
        """Put a copy of another database in place of this one. In an app context."""
        db.session.remove()
        self._put(file)

    def _empty(self) -> None:
        self._put(self.empty)

    def _take(self) -> Path:
        taken = self.path.with_suffix(f".{len(self._standing)}")
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(taken)) as copied:
            source.backup(copied)
        return taken

    def _put(self, taken: Path) -> None:
        db.engine.dispose()
        for leftover in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.copy(taken, self.path)


class Postgresql(Database):
    """A database of its own on the run's server, whose tables are emptied where anything stands in them."""

    def create(self) -> None:
        create_tables(self.url)
        emptying = "; ".join(
            f"IF EXISTS (SELECT 1 FROM {name}) THEN DELETE FROM {name}; END IF"  # noqa: S608
            for name in self._tables()
        )
        with psycopg.connect(self.url) as connection:
            connection.execute(
                f"CREATE FUNCTION empty_all() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {emptying}; END $$"
            )

    def _tables(self) -> list[str]:
        return [table.name for table in reversed(Base.metadata.sorted_tables)]

    def _empty(self) -> None:
        with db.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql("SELECT empty_all()")

    def _take(self) -> dict[str, bytes]:
        taken = {}
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor:
            for name in self._tables():
                with cursor.copy(f"COPY {name} TO STDOUT (FORMAT binary)") as rows:
                    taken[name] = b"".join(rows)
                if cursor.rowcount == 0:
                    del taken[name]
        return taken

    def _put(self, taken: dict[str, bytes]) -> None:
        """As they were, with their numbers: sequences only go up, so no number is given twice."""
        with db.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            own = connection.connection.dbapi_connection
            assert isinstance(own, psycopg.Connection)
            with own.cursor() as cursor:
                for name, rows in taken.items():
                    with cursor.copy(f"COPY {name} FROM STDIN (FORMAT binary)") as writing:
                        writing.write(rows)


def create_tables(url: str) -> None:
    """All tables and triggers, in an empty database."""
    models.load_all()
    app = create_core_app(settings_for_tests(url))
    with app.app_context():
        db.create_all()
        db.engine.dispose()


def make_quick(app: Flask) -> None:
    """Let an app keep every statement that it ever compiled (hundreds of tests ask more than the usual 500), and over
    SQLite leave the disk in peace: no test of this process lives through a loss of power."""

    def be_careless(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    with app.app_context():
        db.engine.update_execution_options(compiled_cache={})
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", be_careless)
