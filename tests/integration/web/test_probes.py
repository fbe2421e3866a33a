"""What the machines that watch the service are told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import stamp
from sqlalchemy import text

from cycle_tracker.extensions import db
from cycle_tracker.models import JobRun, Outcome
from cycle_tracker.web.app import create_app
from tests.conftest import settings_for_tests


def test_the_process_is_up(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "ok\n")


def test_ready_needs_the_migrations_and_the_scheduler(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": True, "migrations": False, "scheduler": False}
    with app.app_context():
        try:
            stamp()
            assert client.get("/readyz").json == {
                "ready": False,
                "database": True,
                "migrations": True,
                "scheduler": False,
            }
            now = datetime.now(UTC)
            for minutes in (4, 2):
                assert client.get("/readyz").status_code == 503
                at = now - timedelta(minutes=minutes)
                db.session.add(JobRun(job="send-outbox", ran_for=at.date(), started_at=at, outcome=Outcome.FAILED))
                db.session.commit()
            assert client.get("/readyz").status_code == 200
        finally:
            db.session.execute(text("DROP TABLE alembic_version"))
            db.session.commit()


def test_a_database_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    nowhere = create_app(settings_for_tests(f"sqlite:///{tmp_path / 'no-such-folder' / 'x.db'}"))
    client = nowhere.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"] is False
