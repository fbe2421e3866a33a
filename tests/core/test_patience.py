"""How long a page and a job wait for their turn to write to SQLite."""

from pathlib import Path

from sqlalchemy import text

from cycle_tracker.app import create_core_app
from cycle_tracker.core.extensions import db
from cycle_tracker.web_app import create_app


def test_a_job_waits_longer_than_a_page(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/one.db"}
    waits = []
    for app in (create_app(settings), create_core_app(settings)):
        with app.app_context():
            waits.append(db.session.scalar(text("PRAGMA busy_timeout")))
            db.session.remove()
            db.engine.dispose()
    assert waits == [10_000, 60_000]
