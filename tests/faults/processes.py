"""The scheduler's jobs as processes of their own, over a database and a mail server of the test's."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


@dataclass
class Job:
    """One process that runs a job."""

    process: subprocess.Popen[str]
    said: IO[str]

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ended(self, within: float = PATIENCE) -> tuple[int, dict[str, Any]]:
        """Wait for its end: the exit status, and the counts in its last line, if it came so far."""
        status = self.process.wait(within)
        self.said.seek(0)
        lines = self.said.read().splitlines()
        return status, json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}


@dataclass
class Jobs:
    """Starts jobs, and ends those that are left over at the end of the test."""

    database: str
    port: int
    started: list[Job] = field(default_factory=list)

    def start(self, name: str, on: str, *, lease: int = 60, **settings: object) -> Job:
        """Start one run of a job in the background, under these further settings."""
        return self._start(["-m", "scheduler", "run", name, "--on", on], lease, settings)

    def start_scheduler(self) -> Job:
        """Start the scheduler itself."""
        return self._start(["-m", "scheduler"], 60, {})

    def _start(self, words: list[str], lease: int, settings: Mapping[str, object]) -> Job:
        said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by `end`
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": self.database,
                "SECRET_KEY": "only-for-tests-" + "x" * 32,
                "MAIL_SERVER": "127.0.0.1",
                "MAIL_PORT": str(self.port),
                "CLAIM_LEASE_SECONDS": str(lease),
                **{setting: str(value) for setting, value in settings.items()},
            },
            stdout=said,
            text=True,
        )
        self.started.append(Job(process, said))
        return self.started[-1]

    def run(
        self, name: str, on: str, *, lease: int = 60, within: float = PATIENCE, **settings: object
    ) -> tuple[int, dict[str, Any]]:
        """Run a job to its end: the exit status and the counts."""
        return self.start(name, on, lease=lease, **settings).ended(within)

    def end(self) -> None:
        """End whatever still runs."""
        for job in self.started:
            if job.is_running:
                job.process.kill()
                job.process.wait()
            job.said.close()


def wait_until(condition: Callable[[], bool], within: float = PATIENCE) -> None:
    """Look every few milliseconds whether the condition has come about; an AssertionError where it does not."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, f"It did not come about within {within} seconds."
        time.sleep(0.002)
