"""The audit refuses to be changed, and from version 0005 on to be replaced."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cycle_tracker.audit.services import audit
from cycle_tracker.audit.services.seals import seal_new_events
from cycle_tracker.core.extensions import db
from tests.migrations.conftest import NEWEST, StandsAt
from tests.migrations.rows import triggers

pytestmark = pytest.mark.in_full


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET action = 'nothing'",
        "DELETE FROM audit_events",
    ],
)
def test_the_audit_refuses_to_be_changed(stands_at: StandsAt, statement: str) -> None:
    stands_at(NEWEST)
    audit.record(
        "milestone", 1, "started", by=None, at=datetime(2026, 6, 30, 9, tzinfo=UTC), after={"on": date(2026, 6, 30)}
    )
    db.session.commit()
    with pytest.raises(DBAPIError, match="never"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalar(text("SELECT action FROM audit_events")) == "started"


def test_the_audit_refuses_to_be_replaced_from_one_version_on_and_keeps_its_rows(stands_at: StandsAt) -> None:
    stands_at("0003")
    audit.record("milestone", 1, "started", by=None, at=datetime(2026, 6, 30, 9, tzinfo=UTC))
    db.session.commit()
    seal_new_events(lambda: datetime(2026, 6, 30, 10, tzinfo=UTC))
    before = audit_rows()
    upgrade()
    assert audit_rows() == before
    if db.engine.dialect.name == "sqlite":
        for table in ("audit_events", "audit_seals"):
            with pytest.raises(DBAPIError, match="are never replaced"):
                db.session.execute(text(f"REPLACE INTO {table} SELECT * FROM {table}"))  # noqa: S608
            db.session.rollback()
    db.session.remove()
    downgrade(revision="0003")
    assert audit_rows() == before
    assert [name for name in triggers() if name.endswith("_replace")] == []


def audit_rows() -> list[Any]:
    statements = ("SELECT * FROM audit_events ORDER BY id", "SELECT * FROM audit_seals ORDER BY number")
    found = [tuple(row) for statement in statements for row in db.session.execute(text(statement))]
    db.session.rollback()
    assert len(found) == 2
    return found
