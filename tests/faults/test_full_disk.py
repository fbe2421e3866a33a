"""No space is left for SQLite (F16): nothing is corrupt, nothing is sent beyond the window, and it mends itself."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.web_app import create_app
from tests.conftest import Database, settings_for_tests
from tests.factories import make_user
from tests.faults.conftest import FELL_DUE, THURSDAY, Service, say
from tests.faults.processes import Jobs
from tests.faults.test_kills_at_every_step import KilledSweeps
from tests.faults.tracing import KILLED, TracedSweeps
from tests.support.pages import PASSWORD
from tests.support.smtp_sink import SmtpSink
from tests.support.visits import give_password

DAY = "2026-05-14"
AT_MOST = 2000


@pytest.fixture
def sqlite_only(database: Database) -> None:
    if database.kind != "sqlite":
        pytest.skip("PostgreSQL looks after its own disk: its clients see an error, as they do in F10")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with eight megabytes. Skips the test where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"mounting is not permitted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.mark.in_full
@pytest.mark.usefixtures("sqlite_only")
def test_with_a_full_disk_pages_are_read_and_writes_are_refused_clearly_until_there_is_space(
    database: Database, small_disk: Path, tmp_path: Path
) -> None:
    assert database.empty is not None
    shutil.copy(database.empty, small_disk / "full.db")
    app = create_app(settings_for_tests(f"sqlite:///{small_disk / 'full.db'}"))
    with app.app_context(), SmtpSink(ledger=tmp_path / "ledger") as sink:
        jobs = Jobs(app.config["DATABASE_URL"], sink.port)
        service = Service(app, jobs, sink, tmp_path / "ledger")
        try:
            service.load(overdue=60, due_soon=0, people=60)
            email = give_password(make_user(role=Role.AUDITOR))
            db.session.remove()  # SQLite has one writer at a time, and the pages and the jobs are others
            client = app.test_client()
            filler = fill(small_disk)
            assert jobs.run("queue-notices", DAY)[0] == 1
            assert client.get("/register").status_code == 200
            refused = client.post("/sign-in", data={"email": email, "password": PASSWORD})
            assert refused.status_code == 503
            assert "try again" in refused.get_data(as_text=True).lower()
            db.session.remove()
            assert sink.accepted == []
            assert service.is_sound()

            filler.unlink()
            assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 302
            db.session.remove()
            assert jobs.run("queue-notices", DAY)[0] == 0
            filler = fill(small_disk)
            jobs.run("send-outbox", DAY)
            assert len(sink.accepted) <= 1  # no mail goes out once one could not be recorded
            filler.unlink()
            service.outlast_leases()
            assert jobs.run("send-outbox", DAY)[0] == 0
            verdict = service.judge(service.notified(FELL_DUE, "overdue-1"))
            assert verdict.faults == {}
            assert verdict.repeats <= 1
            assert service.is_sound()
        finally:
            jobs.end()
            db.session.remove()
            db.engine.dispose()


def fill(folder: Path) -> Path:
    """Leave no byte free; the file that takes the space."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as out:
        for piece in (65536, 4096, 1):
            try:
                while True:
                    out.write(b"x" * piece)
            except OSError:
                continue
    return filler


@pytest.fixture
def sweeps(core_app: Flask, database: Database, service: Service) -> Iterator["FullSweeps"]:
    with TracedSweeps(THURSDAY, database=database.url, port=service.sink.port) as traced:
        yield FullSweeps(core_app, database, service, traced)
    db.session.remove()
    db.engine.dispose()


@pytest.mark.in_full
@pytest.mark.usefixtures("sqlite_only")
def test_a_disk_that_is_full_from_some_write_on_loses_nothing(sweeps: "FullSweeps") -> None:
    for number in (1, 9, 40, 55, 150):  # at the last of these some mails are out
        sweeps.fill_at(number)


@pytest.mark.long
@pytest.mark.usefixtures("sqlite_only")
def test_a_disk_that_is_full_from_any_write_on_loses_nothing(sweeps: "FullSweeps") -> None:
    began = time.monotonic()
    number = 1
    while not sweeps.fill_at(number):
        number += 1
        assert number < AT_MOST
    say("F16", full_from=number - 1, lost=0, repeats=sweeps.repeats, seconds=round(time.monotonic() - began))


class FullSweeps(KilledSweeps):
    """Sweeps for which the disk is full from the n-th write on; each is followed by a whole one, and judged."""

    def fill_at(self, number: int) -> bool:
        """True where the sweep made fewer writes and so did all that it had to."""
        self.start_afresh()
        status = self.traced.run(f"pwrite64:error=ENOSPC:when={number}+")
        assert status != KILLED
        self.finish()
        verdict = self.service.judge(self.service.of_thursday())
        assert verdict.faults == {}, number
        assert verdict.repeats <= (status != 0), number
        assert self.service.is_sound(), number
        self.repeats += verdict.repeats
        return status == 0
