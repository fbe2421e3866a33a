"""The scheduler's jobs as processes of their own, over a database and a mail server of the test's.

They are forked from a server that has imported everything once (`preloaded.py`), and end with it; it ends with us.
"""

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from threading import Lock
from typing import IO, Any

from tests.faults.forked import begin, run_scheduler

PATIENCE = 60.0
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.preloaded"])
_one_thread_at_a_time = Lock()
"""Whoever starts a process looks how all others are; two that look at once may take the end of one for a failure."""


def environment(database: str, port: int, **settings: object) -> dict[str, str]:
    """What a process of the service finds set: its database, its mail server, and these settings."""
    return {
        "DATABASE_URL": database,
        "SECRET_KEY": "only-for-tests-" + "x" * 32,
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(port),
        **{name: str(value) for name, value in settings.items()},
    }


def fork(settings: Mapping[str, str], do: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """A process that does this, a function of a module, under these settings."""
    process = FORKS.Process(target=begin, args=(settings, do, arguments), daemon=True)
    with _one_thread_at_a_time:
        process.start()
    return process


def has_ended(process: ForkServerProcess, within: float = 0) -> bool:
    """Whether it has ended, at the latest after so many seconds."""
    return bool(wait([process.sentinel], within))


def status_of(process: ForkServerProcess) -> int:
    """The exit status of a process that has ended; `-9` where it was killed."""
    with _one_thread_at_a_time:
        assert process.exitcode is not None
        return process.exitcode


@dataclass
class Job:
    """One process that runs a job."""

    process: ForkServerProcess
    said: IO[str]

    @property
    def is_running(self) -> bool:
        return not has_ended(self.process)

    @property
    def is_stopped(self) -> bool:
        return "\nState:\tT" in Path(f"/proc/{self.process.pid}/status").read_text()

    def signal(self, number: int) -> None:
        assert self.process.pid is not None
        with suppress(ProcessLookupError):
            os.kill(self.process.pid, number)

    def ended(self, within: float = PATIENCE) -> tuple[int, dict[str, Any]]:
        """Wait for its end: the exit status, and the counts in its last line, if it came so far."""
        if not has_ended(self.process, within):
            raise TimeoutError(f"a job still runs after {within} seconds")
        self.said.seek(0)
        lines = self.said.read().splitlines()
        return status_of(self.process), json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}


@dataclass
class Jobs:
    """Starts jobs, and ends those that are left over at the end of the test."""

    database: str
    port: int
    started: list[Job] = field(default_factory=list)

    def __post_init__(self) -> None:
        ensure_running()  # by this thread: it ends with the one that starts it, and jobs are started by any

    def start(self, name: str, on: str, *, lease: int = 60, **settings: object) -> Job:
        """Start one run of a job in the background, under these further settings."""
        return self._start(["run", name, "--on", on], lease, settings)

    def start_scheduler(self) -> Job:
        """Start the scheduler itself."""
        return self._start([], 60, {})

    def _start(self, words: list[str], lease: int, settings: Mapping[str, object]) -> Job:
        said = tempfile.NamedTemporaryFile("r")  # noqa: SIM115 - closed by `end`
        found = environment(self.database, self.port, CLAIM_LEASE_SECONDS=lease, **settings)
        self.started.append(Job(fork(found, run_scheduler, words, Path(said.name)), said))
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
                job.signal(signal.SIGKILL)
                has_ended(job.process, PATIENCE)
            job.said.close()


def wait_until(condition: Callable[[], bool], within: float = PATIENCE) -> None:
    """Look every few milliseconds whether the condition has come about; an AssertionError where it does not."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, f"It did not come about within {within} seconds."
        time.sleep(0.002)
