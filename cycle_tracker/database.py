"""How connections to either database behave: SQLite's settings, and when a transaction begins as a writer."""

import sqlite3
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import Connection, Engine, event

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ONLY_READS_NOW = "only_reads_now"
"""Set in `flask.g` where a form turns out to change nothing: what follows lets others write."""
SQLITE_SETTINGS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=NORMAL")


def engine_url(url: str) -> str:
    """The address with the driver that we use, so that a plain `postgresql://` works."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def prepare_engine(engine: Engine) -> None:
    """Set an SQLite engine up; PostgreSQL needs nothing.

    A read that becomes a write inside a deferred transaction is refused at once ("database is locked"), whatever the
    busy timeout, so everything but a page that only reads begins as a writer.
    """
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for setting in SQLITE_SETTINGS:
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    only_reads = has_request_context() and (request.method in SAFE_METHODS or g.get(ONLY_READS_NOW, False))
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
