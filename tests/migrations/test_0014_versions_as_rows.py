"""Versions are rows from version 0014 on."""

from time import monotonic
from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.migrations.before_versions import fill_before_versions
from tests.migrations.conftest import StandsAt
from tests.migrations.rows import MILESTONE
from tests.support.selection import examples

pytestmark = pytest.mark.in_full


def test_versions_before_the_present_ones_come_back_as_rows_and_go_on_the_way_back(stands_at: StandsAt) -> None:
    stands_at("0013")
    fill_before_versions()
    kept, notified = document_rows(), counts_of_mail()
    complete = db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")).all()
    db.session.remove()
    upgrade(revision="0014")
    assert {number: version_rows(number) for number in range(1, 10)} == {
        1: [
            ("final", "2026-04-02", False, False, None, 1, "2026-04-02"),
            ("revised", "2026-05-09", False, True, "2026-04-02", 1, "2026-05-10"),
            ("revised", "2026-09-01", True, True, "2026-04-02", 1, "2026-09-02"),
        ],
        2: [
            ("interim", "2026-04-01", False, False, None, 1, "2026-06-02"),
            ("final", "2026-06-01", True, False, None, 1, "2026-06-02"),
        ],
        3: [
            ("interim", "2026-07-01", False, False, None, None, "2026-08-02"),
            ("final", "2026-08-01", True, True, "2026-07-01", None, "2026-08-02"),
        ],
        4: [
            ("draft", "2026-05-01", False, False, None, 1, "2026-05-02"),
            ("final", "2026-07-01", True, False, None, 1, "2026-07-02"),
        ],
        5: [
            ("final", None, False, False, None, 1, "2026-07-03"),
            ("revised", None, True, True, None, 1, "2026-07-03"),
        ],
        6: [("draft", "2026-02-01", True, False, None, 1, "2026-02-01")],
        7: [("final", "2026-07-05", True, False, None, 1, "2026-07-05")],
        8: [],
        9: [],
    }
    found = hung_on()
    assert [row for row in found["addresses"] if not row[3].startswith("https://example.org/present")] == [
        ("1", "final", "full", "https://example.org/1"),
        ("1", "revised", "full", "https://example.org/3"),
        ("4", "draft", "full", "https://example.org/4"),
    ]
    assert [row for row in found["copies"] if row[3] != "2026-09-03"] == [
        ("1", "final", "1", "2026-04-03"),
        ("1", "final", "2", "2026-04-03"),
    ], "to the one that a duplicate was merged into, and to none that is not there"
    assert found["approvals"] == [
        ("1", "final", "4", "1"),
        ("1", "revised", "4", "1"),
        ("6", "None", "4", "1"),
        ("9", "None", "4", "1"),
    ], "of what is not published they wait"
    files = db.session.execute(
        text("SELECT milestone_id, version, kept_copy_id FROM publications WHERE kept_copy_id > 0")
    )
    assert sorted(tuple(row) for row in files) == [(1, "final", 1), (1, "revised", 2)]
    assert counts_of_mail() == notified
    db.session.rollback()
    # What is told of a version that is not present changes nothing.
    db.session.execute(
        text(
            "DELETE FROM publication_copies WHERE publication_id IN (SELECT id FROM publications WHERE NOT is_present)"
        )
    )
    assert db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")).all() == complete
    db.session.rollback()
    db.session.remove()
    downgrade(revision="0013")
    assert document_rows() == kept
    assert db.session.scalars(text("SELECT id FROM milestones WHERE complete ORDER BY id")).all() == complete
    assert [row[3] for row in db.session.execute(text("SELECT * FROM publication_copies"))] != []
    assert db.session.scalar(text("SELECT count(*) FROM publication_copies")) == 5
    assert db.session.scalar(text("SELECT count(*) FROM approvals")) == 3
    db.session.remove()
    upgrade(revision="0014")
    assert hung_on() == found, "and up once more they are there again"


@pytest.mark.more_in_full
def test_ten_thousand_documents_with_newer_versions_become_rows_in_seconds(stands_at: StandsAt) -> None:
    """In `make test` a quarter of them, in a quarter of the time."""
    stands_at("0013")
    run = db.session.execute
    documents = range(1, examples(10_000) + 1)
    milestone = MILESTONE.format(id=0, key="x", kind="annual-report", state="done")
    values = text(milestone.replace("(0, 'x',", "(:id, :key,"))
    run(values, [{"id": number, "key": f"d-{number}"} for number in documents])
    run(
        text(
            "INSERT INTO publications (milestone_id, version, published_on, newer_on, recorded_at) "
            "SELECT id, 'revised', '2025-07-01', '2025-09-01', '2025-09-02 09:00:00' FROM milestones"
        )
    )
    run(text("UPDATE publications SET version = 'final', newer_on = NULL WHERE id % 2 = 0"))
    db.session.commit()
    kept = document_rows()
    db.session.remove()
    started = monotonic()
    upgrade(revision="0014")
    downgrade(revision="0013")
    assert monotonic() - started < 30 * len(documents) / 10_000
    assert document_rows() == kept


def version_rows(document: int) -> list[tuple[Any, ...]]:
    """The versions of a document that are known, the oldest first: version, day, whether present, whether newer, first
    day, by whom and since when."""
    rows = db.session.execute(
        text(
            "SELECT version, published_on, is_present, is_newer, first_on, recorded_by_id, recorded_from "
            "FROM publications WHERE milestone_id = :document AND recorded_to IS NULL ORDER BY number"
        ),
        {"document": document},
    ).all()
    return [
        (row[0], _word(row[1]), bool(row[2]), bool(row[3]), _word(row[4]), row[5], str(row[6])[:10]) for row in rows
    ]


def _word(day: Any) -> str | None:
    return str(day) if day else None


def document_rows() -> list[tuple[Any, ...]]:
    """What version 0013 keeps of each document."""
    rows = db.session.execute(
        text(
            "SELECT milestone_id, version, published_on, newer_on, interim_on, interim_until, kept_copy_id, "
            "recorded_by_id FROM publications ORDER BY milestone_id"
        )
    ).all()
    found = [tuple(value if isinstance(value, int | str | None) else str(value) for value in row) for row in rows]
    db.session.rollback()
    return found


def hung_on() -> dict[str, list[tuple[Any, ...]]]:
    """What hangs on versions, each with its document and version."""
    of = "JOIN publications ON publications.id = publication_id"
    statements = {
        "addresses": f"SELECT publications.milestone_id, version, form, address FROM publication_addresses {of}",  # noqa: S608
        "copies": f"SELECT publications.milestone_id, version, receiver_id, sent_on FROM publication_copies {of}",  # noqa: S608
        "approvals": "SELECT approvals.milestone_id, version, organisation_id, approvals.recorded_by_id FROM approvals "
        "LEFT JOIN publications ON publications.id = publication_id",
    }
    found = {
        name: sorted(tuple(str(value) for value in row) for row in db.session.execute(text(statement)))
        for name, statement in statements.items()
    }
    db.session.rollback()
    return found


def counts_of_mail() -> tuple[Any, ...]:
    counts = [db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("notices", "messages")]  # noqa: S608
    due = db.session.execute(text("SELECT id, due_on, next_notice_on FROM milestones ORDER BY id")).all()
    db.session.rollback()
    return (*counts, *(tuple(row) for row in due))
