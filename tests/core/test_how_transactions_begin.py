"""On SQLite a page that only reads lets others write, and all else begins as a writer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import event, text

from cycle_tracker.core.database import ONLY_READS_NOW
from cycle_tracker.core.extensions import db

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@contextmanager
def begun() -> Iterator[list[str]]:
    """How each transaction begins."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def ask() -> None:
    with db.engine.begin() as connection:
        connection.execute(text("SELECT 1"))


@pytest.mark.parametrize(
    ("method", "first"),
    [("GET", "BEGIN"), ("HEAD", "BEGIN"), ("POST", "BEGIN IMMEDIATE"), ("DELETE", "BEGIN IMMEDIATE")],
)
def test_a_request_begins_as_a_writer_unless_it_only_reads_or_says_so(core_app: Flask, method: str, first: str) -> None:
    with core_app.test_request_context(method=method), begun() as seen:
        ask()
        setattr(g, ONLY_READS_NOW, True)
        ask()
    assert seen == [first, "BEGIN"]


@pytest.mark.usefixtures("core_app")
def test_a_job_begins_as_a_writer() -> None:
    with begun() as seen:
        ask()
    assert seen == ["BEGIN IMMEDIATE"]
