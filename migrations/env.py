"""How Alembic runs the migrations: on the engine and the tables of the app that called it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

from cycle_tracker.core.extensions import db
from cycle_tracker.models.base import OneLine, UtcDateTime


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Types of ours as what they are in the database: migrations import nothing of ours, so they stay true."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, OneLine):
        return f"sa.String(length={item.length})"
    return False


def run_migrations_online() -> None:
    """Run the migrations, all in one transaction, so that one that fails leaves nothing behind."""
    arguments = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection, unbound_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            transactional_ddl=True,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()
            ensure_keys_hold(connection)


@contextmanager
def unbound_keys(connection: Connection) -> Iterator[None]:
    """On SQLite a table is changed by making it anew and dropping the old one, which must not look like the loss of
    its rows to the tables that point to it. The setting cannot be changed inside a transaction."""
    if connection.dialect.name != "sqlite":
        yield
        return
    sqlite = connection.connection.dbapi_connection
    sqlite.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        sqlite.execute("PRAGMA foreign_keys=ON")


def ensure_keys_hold(connection: Connection) -> None:
    """Raises RuntimeError, which undoes the migrations, where a row points to one that is not there."""
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if lost:
            raise RuntimeError(f"rows point to others that are not there: {lost[:10]}")


def run_migrations_offline() -> None:
    """Write the migrations as SQL, for somebody else to run."""
    arguments = current_app.extensions["migrate"].configure_args
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=db.metadata,
        literal_binds=True,
        **arguments,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
