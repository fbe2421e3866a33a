"""The demo of a Friday in November, made once in a run by the first worker that needs it, and kept as a file."""

import fcntl
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import time_machine

from cycle_tracker.core.extensions import db
from cycle_tracker.web_app import create_app
from scheduler.jobs import run_job
from tests.support.databases import create_tables, make_quick
from tests.support.settings import settings_for_tests

FRIDAY = date(2026, 11, 20)
SEVEN = datetime(2026, 11, 20, 7, tzinfo=UTC)
BEFORE_NOTICES, SAID = "demo-before-notices.db", "demo-said.txt"


def make_demo(shared: Path) -> Path:
    """The file, in a folder that all workers of the run share: the demo once its notices are queued. To be copied."""
    made = shared / "demo.db"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make(shared / "demo-in-the-making.db").rename(made)
    return made


def _make(path: Path) -> Path:
    create_tables(f"sqlite:///{path}")
    app = create_app(settings_for_tests(f"sqlite:///{path}"))
    make_quick(app)
    with time_machine.travel(SEVEN, tick=False), app.app_context():
        seeded = app.test_cli_runner().invoke(args=["seed-demo", "--on", FRIDAY.isoformat()])
        assert seeded.exit_code == 0, seeded.output
        db.engine.dispose()
        shutil.copy(path, path.with_name(BEFORE_NOTICES))
        path.with_name(SAID).write_text(seeded.output)
        report = run_job(app, "queue-notices", FRIDAY)
        assert report.usable, report.said
        db.session.remove()
        db.engine.dispose()
    return path


def copy_demo(shared: Path, folder: Path) -> str:
    """The URL of a copy of one's own."""
    return f"sqlite:///{shutil.copy(make_demo(shared), folder / 'demo.db')}"


def seeded_demo(shared: Path) -> tuple[Path, str]:
    """The file as the command left it, before any notice of that day, and what the command said. Not to be changed."""
    make_demo(shared)
    return shared / BEFORE_NOTICES, (shared / SAID).read_text()
