"""The migrations make the tables of the models on both databases, and take them away again."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from cycle_tracker.core.extensions import db
from tests.migrations.rows import triggers


def test_they_make_what_the_models_say(empty_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_they_name_every_constraint_as_the_models_do(empty_app: Flask) -> None:
    upgrade()
    made = constraint_names()
    downgrade(revision="base")
    db.create_all()
    assert made == constraint_names()


def test_they_make_the_triggers_of_the_models(empty_app: Flask) -> None:
    """A table that a migration makes anew on SQLite loses its triggers, and nothing else shows it."""
    upgrade()
    made = triggers()
    downgrade(revision="base")
    assert triggers() == {}
    db.create_all()
    assert made == triggers()


def test_they_take_everything_away_again_and_can_be_run_anew(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    assert "milestones" in inspect(db.engine).get_table_names()


def constraint_names() -> set[str]:
    tables = inspect(db.engine)
    names = set()
    for table in set(tables.get_table_names()) - {"alembic_version"}:
        found = [
            *tables.get_check_constraints(table),
            *tables.get_foreign_keys(table),
            *tables.get_indexes(table),
            *tables.get_unique_constraints(table),
            tables.get_pk_constraint(table),
        ]
        names |= {f"{table}.{one['name']}" for one in found}
    return names
