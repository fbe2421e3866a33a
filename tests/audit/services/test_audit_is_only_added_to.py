"""Every form of statement that could change, remove or replace a row of the audit is refused, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from cycle_tracker.audit.services.audit import record
from cycle_tracker.audit.services.seals import seal_new_events
from cycle_tracker.core.database import engine_url
from cycle_tracker.core.extensions import db
from cycle_tracker.models.audit import AuditEvent, AuditSeal
from cycle_tracker.models.base import table_of
from tests.conftest import Database
from tests.factories import make_partnership

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
TABLES = {table.name: table for table in (table_of(AuditEvent), table_of(AuditSeal))}
KEYS = {"audit_events": "id", "audit_seals": "number"}
SAID = {"audit_events": "action", "audit_seals": "hash"}
REFUSED = "are never (changed|removed|replaced)"
KEYS_REFUSE = f"(?i){REFUSED}|unique constraint|foreign key constraint"

# Each form as SQLite has it, and as PostgreSQL has it. `{forged}` selects every column, that of `{said}` changed.
FORMS: dict[str, tuple[list[str], list[str]]] = {
    "insert that replaces": (
        [
            "INSERT OR REPLACE INTO {table} ({columns}) SELECT {forged} FROM {table}",
            "REPLACE INTO {table} ({columns}) SELECT {forged} FROM {table} WHERE {key} = :first",
            "REPLACE INTO {table} (rowid, {others}) SELECT {forged} FROM {table} WHERE {key} = :first",
        ],
        [],
    ),
    "merge": (
        [],
        [
            "MERGE INTO {table} t USING {table} s ON t.{key} = s.{key} WHEN MATCHED THEN UPDATE SET {said} = 'forged'",
            "MERGE INTO {table} t USING {table} s ON t.{key} = s.{key} WHEN MATCHED THEN DELETE",
        ],
    ),
    "upsert": (
        [
            "INSERT INTO {table} ({columns}) SELECT {forged} FROM {table} WHERE true "
            "ON CONFLICT ({key}) DO UPDATE SET {said} = excluded.{said}",
            "INSERT INTO {table} ({columns}) SELECT {forged} FROM {table} WHERE true "
            "ON CONFLICT DO UPDATE SET {said} = excluded.{said}",
        ],
        [
            "INSERT INTO {table} ({columns}) SELECT {forged} FROM {table} "
            "ON CONFLICT ({key}) DO UPDATE SET {said} = excluded.{said}"
        ],
    ),
    "update": (
        [
            "UPDATE {table} SET {said} = 'forged'",
            "UPDATE {table} SET {said} = 'forged' FROM partnerships WHERE {table}.{key} = :second",
        ],
        [
            "UPDATE {table} SET {said} = 'forged'",
            "UPDATE ONLY {table} SET {said} = 'forged' FROM partnerships WHERE {table}.{key} = :second",
            "WITH done AS (UPDATE {table} SET {said} = 'forged' RETURNING 1) SELECT * FROM done",
        ],
    ),
    "update of a key": (
        [
            "UPDATE OR REPLACE {table} SET {key} = :second WHERE {key} = :first",
            "UPDATE OR IGNORE {table} SET {key} = :unused WHERE {key} = :first",
            "UPDATE {table} SET rowid = :unused WHERE {key} = :first",
        ],
        ["UPDATE {table} SET {key} = :unused WHERE {key} = :first"],
    ),
    "delete": (
        ["DELETE FROM {table} WHERE {key} = :first", "DELETE FROM {table} WHERE true", "DELETE FROM {table}"],
        [
            "DELETE FROM {table} WHERE {key} = :first",
            "DELETE FROM ONLY {table}",
            "DELETE FROM {table} USING partnerships",
            "WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT * FROM gone",
        ],
    ),
    "truncate": ([], ["TRUNCATE {table} CASCADE", "TRUNCATE {table}, audit_seals", "TRUNCATE partnerships CASCADE"]),
}

# What the keys refuse, be it that no trigger does.
FORMS_AGAINST_KEYS: dict[str, list[str]] = {
    "insert of a known key": ["INSERT INTO {table} ({columns}) SELECT {forged} FROM {table}"],
    "loss of what it points to": ["DELETE FROM partnerships", "DELETE FROM audit_events"],
}


@pytest.fixture
def written(core_app: Flask) -> None:
    """Three events with their seals."""
    moray = make_partnership("moray")
    for number in (1, 2, 3):
        record("milestone", number, "finished", by=None, at=NOW, partnership_id=moray.id)
    db.session.commit()
    seal_new_events(lambda: NOW)


@contextmanager
def connections(database: Database) -> Iterator[list[Connection]]:
    """One as the service makes it, and one of any other program."""
    other = create_engine(engine_url(database.url))
    try:
        with db.engine.connect() as ours, other.connect() as theirs:
            yield [ours, theirs]
    finally:
        other.dispose()


def rows(connection: Connection) -> list[Any]:
    found = [connection.execute(TABLES[name].select().order_by(KEYS[name])).all() for name in TABLES]
    connection.rollback()
    assert [len(one) for one in found] == [3, 3]
    return found


def ensure_refused(connection: Connection, form: str, table: str, refused: str) -> None:
    """Run the statement, and find both tables as they were."""
    key, said = KEYS[table], SAID[table]
    columns = [column.name for column in TABLES[table].columns]
    statement = form.format(
        table=table,
        key=key,
        said=said,
        columns=", ".join(columns),
        others=", ".join(column for column in columns if column != key),
        forged=", ".join("'forged'" if column == said else column for column in columns),
    )
    before = rows(connection)
    first, second, _ = (row[0] for row in before[list(TABLES).index(table)])
    values = {"first": first, "second": second, "unused": second + 1000}
    with pytest.raises(DBAPIError, match=refused):
        connection.execute(text(statement), {name: values[name] for name in values if f":{name}" in statement})
    connection.rollback()
    assert rows(connection) == before


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("form", FORMS)
def test_what_is_written_is_never_changed_removed_or_replaced(database: Database, form: str, table: str) -> None:
    with connections(database) as both:
        for connection in both:
            for statement in FORMS[form][database.kind == "postgresql"]:
                ensure_refused(connection, statement, table, REFUSED)


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("form", FORMS_AGAINST_KEYS)
def test_what_the_keys_refuse_changes_nothing(database: Database, form: str, table: str) -> None:
    with connections(database) as both:
        for statement in FORMS_AGAINST_KEYS[form]:
            ensure_refused(both[0], statement, table, KEYS_REFUSE)


@pytest.mark.usefixtures("written")
def test_a_seal_is_not_replaced_by_another_of_its_event(database: Database) -> None:
    form = "{} INTO audit_seals SELECT number + 100, event_id, 'forged', sealed_at FROM audit_seals"
    insert = "INSERT OR REPLACE" if database.kind == "sqlite" else "INSERT"
    with connections(database) as both:
        for connection in both:
            ensure_refused(connection, form.format(insert), "audit_seals", KEYS_REFUSE)


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("table", TABLES)
def test_on_our_connections_a_replaced_row_counts_as_one_removed(database: Database, table: str) -> None:
    """Whatever table is added to one day: its trigger of DELETE is enough."""
    if database.kind == "postgresql":
        return  # it has no REPLACE
    with db.engine.connect() as connection:
        connection.execute(text(f"DROP TRIGGER {table}_refuse_replace"))
        with pytest.raises(DBAPIError, match="never removed"):
            connection.execute(text(f"REPLACE INTO {table} SELECT * FROM {table}"))  # noqa: S608
        connection.rollback()
