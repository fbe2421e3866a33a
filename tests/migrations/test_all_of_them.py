"""The migrations make the tables of the models on both databases, and take them away again."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import NEWEST, StandsAt
from tests.migrations.rows import triggers


def test_they_make_what_the_models_say(stands_at: StandsAt) -> None:
    stands_at(NEWEST)
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_they_name_every_constraint_as_the_models_do(stands_at: StandsAt) -> None:
    stands_at(NEWEST)
    made = constraint_names()
    make_the_models_anew()
    assert made == constraint_names()


def test_they_make_the_triggers_of_the_models(stands_at: StandsAt) -> None:
    """A table that a migration makes anew on SQLite loses its triggers, and nothing else shows it."""
    stands_at(NEWEST)
    made = triggers()
    make_the_models_anew()
    assert made == triggers()


def make_the_models_anew() -> None:
    """In place of what the migrations made."""
    db.drop_all()
    assert triggers() == {}
    db.create_all()


def test_they_take_everything_away_again_and_can_be_run_anew(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    assert triggers() == {}
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
