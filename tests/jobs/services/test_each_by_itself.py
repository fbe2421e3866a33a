"""Which errors are about one thing, and what is told of them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.services.each_by_itself import describe, is_about_one
from tests.factories import make_user

PAGE = 4096


def test_a_damaged_sqlite_file_is_about_no_single_message(tmp_path: Path) -> None:
    """sqlite3 raises no kind of its own for it, but what all its errors are."""
    damaged = tmp_path / "damaged.db"
    with closing(sqlite3.connect(damaged)) as connection:
        connection.execute("CREATE TABLE rows (words)")
        connection.executemany("INSERT INTO rows VALUES (?)", [("z" * 50,)] * 2000)
        connection.commit()
    content = bytearray(damaged.read_bytes())
    content[2 * PAGE : 8 * PAGE] = b"\7" * (6 * PAGE)
    damaged.write_bytes(content)
    engine = create_engine(f"sqlite:///{damaged}")
    with pytest.raises(SQLAlchemyError) as malformed, engine.begin() as on:
        on.execute(text("UPDATE rows SET words = 'q'"))
    engine.dispose()
    damaged.write_bytes(b"no database at all" * PAGE)
    with pytest.raises(SQLAlchemyError) as none_at_all, engine.begin() as on:
        on.execute(text("SELECT words FROM rows"))
    engine.dispose()
    assert [is_about_one(raised.value) for raised in (malformed, none_at_all)] == [False, False]


def test_a_database_that_only_reads_for_now_is_about_no_single_message(core_app: Flask) -> None:
    only_reads, writes_again = "SET TRANSACTION READ ONLY", "ROLLBACK"
    if db.engine.dialect.name == "sqlite":
        only_reads, writes_again = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
    with db.engine.connect() as connection:
        connection.execute(text(only_reads))
        with pytest.raises(SQLAlchemyError) as raised:
            connection.execute(text("UPDATE users SET name = 'Ailsa'"))
        connection.execute(text(writes_again))
    assert not is_about_one(raised.value)


def test_a_row_that_is_refused_is_about_one_and_its_values_are_told_nowhere(core_app: Flask) -> None:
    """PostgreSQL adds the whole row: an address, a hash of a password, the key of placeholders."""
    make_user(email="ailsa@example.test")
    db.session.commit()
    with pytest.raises(IntegrityError) as raised:
        db.session.execute(text("UPDATE users SET rhythm = 'hourly'"))
    db.session.rollback()
    assert is_about_one(raised.value)
    assert "rhythm" in describe(raised.value)
    assert "ailsa" not in describe(raised.value)


def test_what_an_error_says_can_be_stored() -> None:
    assert describe(ValueError("no\0 such\ud800\nword")) == "ValueError: no such word"
