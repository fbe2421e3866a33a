"""Version 0016: a copy says which document it is of, and may wait for a version."""

from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt
from tests.migrations.rows import MILESTONE, PERSON

pytestmark = pytest.mark.in_full


def test_copies_learn_their_documents_and_those_that_wait_go_on_the_way_back(
    empty_app: Flask, stands_at: StandsAt
) -> None:
    stands_at("0015")
    run = db.session.execute
    for statement in (
        PERSON,
        "INSERT INTO organisations (id, code, name, kind, in_use, edited) VALUES "
        "(1, 'N06', 'Scottish Government', 'scottish-government', true, false), "
        "(2, 'N01', 'Police', 'other-service-provider', true, false)",
        MILESTONE.format(id=7, key="plan", kind="plan", state="done"),
        MILESTONE.format(id=8, key="published", kind="plan", state="done"),
        "INSERT INTO publications (id, milestone_id, version, published_on, recorded_from) VALUES "
        "(3, 8, 'final', '2026-07-01', '2026-07-01 09:00:00')",
        "INSERT INTO publication_copies (publication_id, receiver_id, sent_on, received_on, sent_recorded_by_id) "
        "VALUES (3, 1, '2026-07-02', '2026-07-05', 1), (3, 2, NULL, NULL, NULL)",
    ):
        run(text(statement))
    db.session.commit()
    kept = copy_rows()
    db.session.remove()
    upgrade(revision="0016")
    assert copy_rows() == kept
    found = run(text("SELECT milestone_id, waited FROM publication_copies")).all()
    assert [(number, bool(waited)) for number, waited in found] == [(8, False)] * 2
    assert complete() == [8]
    # A copy that waits completes nothing until it is of what is published.
    run(text("INSERT INTO publication_copies (milestone_id, receiver_id, waited) VALUES (7, 1, true), (7, 2, true)"))
    run(
        text(
            "INSERT INTO publications (id, milestone_id, version, recorded_from) "
            "VALUES (4, 7, 'final', '2026-07-01 09:00:00')"
        )
    )
    assert complete() == [8]
    run(text("UPDATE publication_copies SET publication_id = 4 WHERE milestone_id = 7"))
    assert complete() == [7, 8]
    run(text("UPDATE publication_copies SET publication_id = NULL WHERE milestone_id = 7"))
    assert complete() == [8]
    db.session.commit()
    with pytest.raises(DBAPIError):
        run(text("INSERT INTO publication_copies (milestone_id, receiver_id) VALUES (7, 2)"))
    db.session.rollback()
    db.session.remove()
    downgrade(revision="0015")
    assert (copy_rows(), complete()) == (kept, [8])
    run(text("DELETE FROM publication_copies WHERE receiver_id = 1"))
    assert complete() == []
    db.session.rollback()
    db.session.remove()
    upgrade(revision="0016")
    assert copy_rows() == kept


def copy_rows() -> list[tuple[Any, ...]]:
    columns = "publication_id, receiver_id, sent_on, received_on, sent_recorded_by_id"
    rows = db.session.execute(text(f"SELECT {columns} FROM publication_copies ORDER BY receiver_id")).all()  # noqa: S608
    db.session.rollback()
    return [tuple(str(value) for value in row) for row in rows]


def complete() -> list[int]:
    return list(db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")))
