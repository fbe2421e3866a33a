"""The demo as a file: seeded once in a run, by the worker that asks for it first, and copied for each use."""

import fcntl
import shutil
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path

import pytest
from flask import Flask

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.web_app import create_app
from tests.conftest import settings_for_tests
from tests.factories import at_seven


@dataclass(frozen=True)
class Demo:
    """The demo as it stands at seven on one day, and what the command printed that put it in."""

    database: Path
    said: str

    def copy_into(self, app: Flask) -> None:
        """Have the app's SQLite database be a copy of it, whatever was there."""
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
            path = Path(db.engine.url.database or "")
            for leftover in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                leftover.unlink(missing_ok=True)
            shutil.copy(self.database, path)


def demo_on(day: date, folders: pytest.TempPathFactory, worker: str) -> Demo:
    """The demo on this day. Whoever comes while another worker makes it waits for that one."""
    folder = folders.getbasetemp()
    if worker != "master":
        folder = folder.parent  # the run's own, which its workers share
    made = Demo(folder / f"demo-{day}.db", "")
    words = made.database.with_suffix(".txt")
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not words.exists():
            words.write_text(_seed(made.database, day))
    return Demo(made.database, words.read_text())


def _seed(path: Path, day: date) -> str:
    """Seed a new database by the command; what it printed."""
    path.unlink(missing_ok=True)  # of a worker that was stopped half-way
    app = create_app(settings_for_tests(f"sqlite:///{path}"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: at_seven(day).astimezone(UTC))
        with app.app_context():
            db.create_all()
        said = app.test_cli_runner().invoke(args=["seed-demo", "--on", day.isoformat()])
    with app.app_context():
        db.engine.dispose()  # its last connection writes what stands in files beside it into the file itself
    assert said.exit_code == 0, said.output
    return said.output
