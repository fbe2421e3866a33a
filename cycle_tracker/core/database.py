"""How connections to either database behave: SQLite's settings, when a transaction begins as a writer, and what happens
while PostgreSQL starts again."""

import select
import sqlite3
import time
from collections.abc import Sequence
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import Connection, Dialect, Engine, ExceptionContext, event
from sqlalchemy.exc import DisconnectionError, OperationalError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ONLY_READS_NOW = "only_reads_now"
"""Set in `flask.g` where a form turns out to change nothing: what follows lets others write."""
BACK_WITHIN_SECONDS = 5.0
"""How long a page or a job waits for a PostgreSQL that takes no connections: it starts again within seconds."""
LOOK_AGAIN_AFTER_SECONDS = 0.1
PAGE_PATIENCE_SECONDS, JOB_PATIENCE_SECONDS = 10.0, 60.0
"""How long each waits for its turn to write to SQLite. Somebody sits before a page; a job of five that were started at
the same moment has nothing better to do, and would fail its whole run."""
# `recursive_triggers` makes REPLACE fire the triggers of DELETE: the audit has one that refuses.
SQLITE_SETTINGS = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "synchronous=NORMAL",
    "recursive_triggers=ON",
)


def engine_url(url: str) -> str:
    """The address with the driver that we use, so that a plain `postgresql://` works."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def prepare_engine(engine: Engine, *, patience: float = JOB_PATIENCE_SECONDS, plans_once: bool = False) -> None:
    """Set an engine up. `patience` is how many seconds it waits for its turn to write to SQLite. With `plans_once`
    PostgreSQL plans a statement that comes again and again once for each connection, whatever its values: planning
    those of a page takes longer than running them.

    SQLite refuses a read that becomes a write inside a deferred transaction at once ("database is locked"), whatever
    the busy timeout, so everything but a page that only reads begins as a writer.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "do_connect", _wait_for_postgresql)
        if plans_once:
            event.listen(engine, "connect", lambda connection, _: _plan_once(connection))
        event.listen(engine, "checkout", lambda connection, *_: _take_from_pool(engine.dialect, connection))
        event.listen(engine, "handle_error", _call_it_trouble, retval=True)
        return
    event.listen(engine, "connect", lambda connection, _: _configure(connection, patience))
    event.listen(engine, "begin", _begin)


def _configure(connection: sqlite3.Connection, patience: float) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for setting in (*SQLITE_SETTINGS, f"busy_timeout={round(patience * 1000)}"):
        connection.execute(f"PRAGMA {setting}")


def _wait_for_postgresql(dialect: Dialect, _record: Any, words: Sequence[Any], settings: dict[str, Any]) -> Any:
    """Connect; where the server takes no connections, look again until it does or the patience is over. Who asked
    while it started again waits for a moment and is answered, instead of being told to come back."""
    patience = time.monotonic() + BACK_WITHIN_SECONDS
    while True:
        try:
            return dialect.connect(*words, **settings)
        except dialect.loaded_dbapi.OperationalError:
            if time.monotonic() > patience:
                raise
        time.sleep(LOOK_AGAIN_AFTER_SECONDS)


def _plan_once(connection: Any) -> None:
    connection.autocommit = True
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.autocommit = False


def _take_from_pool(dialect: Dialect, connection: Any) -> None:
    """A page that only reads asks without a transaction. At READ COMMITTED each of its statements sees what is there
    by then, with one or without; so the two turns in which one begins and ends buy nothing. Nor does the driver forget
    what it prepared, as it does where a transaction is rolled back."""
    _refuse_lost(dialect, connection)
    alone = _only_reads()
    if connection.autocommit is not alone:
        connection.autocommit = alone


def _refuse_lost(dialect: Dialect, connection: Any) -> None:
    """Take no connection from the pool that the server has closed: another is made. A server that goes says so on the
    line. So the line is looked at, and the server is asked only where something came: not before every page."""
    if connection.closed:
        raise DisconnectionError
    line = select.poll()
    line.register(connection.pgconn.socket, select.POLLIN)
    if not line.poll(0):
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as lost:
        raise DisconnectionError from lost


def _call_it_trouble(context: ExceptionContext) -> OperationalError | None:
    """What passes with time is an OperationalError, as with SQLite: a PostgreSQL that only reads for now, such as one
    that waits to take over, and one that ended a transaction that took too long. psycopg calls both internal errors."""
    errors, found = context.dialect.loaded_dbapi.errors, context.original_exception
    if not isinstance(found, (errors.ReadOnlySqlTransaction, errors.IdleInTransactionSessionTimeout)):
        return None
    return OperationalError(context.statement, None, found, hide_parameters=True)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _only_reads() else "BEGIN IMMEDIATE")


def _only_reads() -> bool:
    """True in a request that writes nothing, or nothing more, but for notes that are one statement each."""
    return has_request_context() and (request.method in SAFE_METHODS or g.get(ONLY_READS_NOW, False))
