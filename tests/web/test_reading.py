"""How a page that only read ends on PostgreSQL: what the driver prepared is kept, and nothing is written."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from cycle_tracker.models.partnership import Partnership
from tests.factories import make_partnership

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

OFTEN = 8
"""The driver prepares what it was asked for five times."""
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%FROM milestones%'")


def prepared(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(PREPARED) or 0)


def test_what_is_prepared_is_kept_from_page_to_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.engine.dispose()  # one line, so that each page is asked for over the same
    for _ in range(OFTEN):
        assert client.get("/register").status_code == 200
    assert prepared(app) > 0


def test_what_a_page_left_behind_is_not_saved(app: Flask) -> None:
    with app.app_context():
        moray = make_partnership("moray")
        db.session.commit()
        number = moray.id
    with app.test_request_context("/"):
        partnership = db.session.get(Partnership, number)
        assert partnership is not None
        partnership.name = "Another"
    with app.app_context():
        partnership = db.session.get(Partnership, number)
        assert partnership is not None
        assert partnership.name != "Another"
