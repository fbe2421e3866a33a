"""Databases to measure on: filled once, copied afresh for each repeat."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from bench.processes import DAY, run
from tests.support.postgres import Cluster


@dataclass(frozen=True)
class Size:
    """How much synthetic data there is in a database."""

    milestones: int
    overdue: int
    due_soon: int
    people: int
    partnerships: int = 30
    documents: bool = False


class Shelf(Protocol):
    """Where the databases of one kind are."""

    kind: str

    def original(self, name: str, fill: Callable[[str], None]) -> str:
        """Make the database `name` and fill it, given its address; only once. Gives its name."""

    def copy(self, name: str) -> str:
        """The address of a fresh copy."""

    def address(self, name: str) -> str:
        """The address of the database itself, for measures that change nothing which another looks at."""

    def settle(self, database: str) -> None:
        """What the server does by itself some time after a load, done now: at this address."""


class SqliteShelf:
    """SQLite files in one folder. There is one copy at a time."""

    kind = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def original(self, name: str, fill: Callable[[str], None]) -> str:
        path = self._folder / f"{name}.db"
        if not path.exists():
            fill(f"sqlite:///{path}")
        return name

    def copy(self, name: str) -> str:
        path = self._folder / "copy.db"
        for leftover in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.copy(self._folder / f"{name}.db", path)
        return f"sqlite:///{path}"

    def address(self, name: str) -> str:
        return f"sqlite:///{self._folder / name}.db"

    def settle(self, database: str) -> None:
        """Nothing: SQLite has no such thing."""


class PostgresShelf:
    """Databases of one PostgreSQL server of our own, which keeps every commit on disk. There is one copy at a time."""

    kind = "PostgreSQL"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._filled: set[str] = set()

    def original(self, name: str, fill: Callable[[str], None]) -> str:
        database = name.replace("-", "_")
        if database not in self._filled:
            fill(self._cluster.create_database(database))
            self._filled.add(database)
        return database

    def copy(self, name: str) -> str:
        self._cluster.drop_database("copy")
        return self._cluster.create_database("copy", template=name)

    def address(self, name: str) -> str:
        return self._cluster.url(name)

    def settle(self, database: str) -> None:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")


def load(size: Size, day: str = DAY) -> Callable[[str], None]:
    """Fills a database with its tables and so much synthetic data around a day."""

    def fill(database: str) -> None:
        run("-m", "flask", "db", "upgrade", database=database)
        options = {
            "--partnerships": size.partnerships,
            "--milestones": size.milestones,
            "--overdue": size.overdue,
            "--due-soon": size.due_soon,
            "--people": size.people,
            "--on": day,
        }
        words = [str(word) for option in options.items() for word in option]
        documents = ["--documents"] if size.documents else []
        run("-m", "flask", "load-synthetic", *words, *documents, database=database)

    return fill
