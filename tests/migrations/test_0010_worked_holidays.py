"""Worked holidays come with version 0010."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt

pytestmark = pytest.mark.in_full


def test_worked_holidays_go_on_the_way_back_and_closure_days_stay(stands_at: StandsAt) -> None:
    stands_at("0009")
    partnership = "INSERT INTO partnerships (id, slug, name, other_names) VALUES (1, 'moray', 'Moray', '')"
    closure = "INSERT INTO closure_days (partnership_id, day, name) VALUES (1, '2026-04-06', 'Easter Monday')"
    for statement in (partnership, closure):
        db.session.execute(text(statement))
    db.session.commit()
    upgrade(revision="0010")
    days = text("SELECT name, is_worked FROM closure_days ORDER BY id")
    assert [tuple(row) for row in db.session.execute(days)] == [("Easter Monday", False)]
    db.session.execute(
        text(
            "INSERT INTO closure_days (partnership_id, day, name, is_worked) "
            "VALUES (1, '2026-11-30', 'St Andrew’s Day', true)"
        )
    )
    db.session.execute(text("INSERT INTO service_settings (name, value) VALUES ('demonstration', '1')"))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0009")
    assert db.session.scalars(text("SELECT name FROM closure_days")).all() == ["Easter Monday"]
    db.session.remove()
    upgrade(revision="0010")
    assert [tuple(row) for row in db.session.execute(days)] == [("Easter Monday", False)]
    assert db.session.scalars(text("SELECT name FROM service_settings")).all() == []
    db.session.remove()
