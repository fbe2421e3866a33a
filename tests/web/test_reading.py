"""How a page that only reads asks PostgreSQL: without a transaction, with statements that stay prepared and planned."""

from typing import Any

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


def asks_without_a_transaction() -> bool:
    line: Any = db.session.connection().connection.dbapi_connection
    return bool(line.autocommit)


def prepared(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(PREPARED) or 0)


def test_what_is_prepared_is_kept_from_page_to_page(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.engine.dispose()  # one line, so that each page is asked for over the same
    for _ in range(OFTEN):
        assert client.get("/register").status_code == 200
    assert prepared(app) > 0


def test_a_page_is_read_without_a_transaction_and_a_form_is_saved_in_one(app: Flask) -> None:
    for method, expected in (("GET", True), ("HEAD", True), ("POST", False), ("GET", True)):
        with app.test_request_context("/", method=method):
            assert asks_without_a_transaction() is expected
    with app.app_context():  # a command
        assert not asks_without_a_transaction()


def test_statements_of_pages_are_planned_once_and_those_of_jobs_for_their_values(app: Flask, core_app: Flask) -> None:
    for each, expected in ((app, "force_generic_plan"), (core_app, "auto")):
        with each.app_context():
            assert db.session.scalar(text("SHOW plan_cache_mode")) == expected


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
