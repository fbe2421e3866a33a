"""Sweeps under strace, which kills one at the n-th call of a kind, or answers such calls with an error."""

import os
import shutil
import subprocess
from datetime import date
from functools import lru_cache
from types import TracebackType

import pytest

from tests.faults.processes import FORKS, PATIENCE, environment, fork
from tests.faults.sweep import sweep_when_asked

KILLED = -9


@lru_cache(maxsize=1)
def why_not() -> str:
    """Why nothing can be traced here; empty where it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (scripts/system_packages.sh does that)"
    tried = subprocess.run(["strace", "-f", "-qq", "-e", "trace=none", "true"], capture_output=True, text=True)
    return f"tracing is not permitted here: {tried.stderr.strip()}" if tried.returncode else ""


class TracedSweeps:
    """Both jobs for one day as often as wanted, each time in a process of its own that strace meddles with.

    Skips the test, and says why, where nothing can be traced.
    """

    def __init__(self, day: date, *, database: str, port: int) -> None:
        if why_not():
            pytest.skip(why_not())
        self._line, its_end = FORKS.Pipe()
        self._starter = fork(environment(database, port), sweep_when_asked, day, its_end)
        its_end.close()

    def run(self, inject: str) -> int:
        """One sweep with this injection (`sendto:signal=KILL:when=3`): its exit status, KILLED where it was killed."""
        self._line.send("go")
        pid = self._line.recv()
        call = inject.partition(":")[0]
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={inject}", "-p", str(pid)],
            stderr=subprocess.DEVNULL,
        )
        status = int(self._line.recv())
        tracer.wait(PATIENCE)
        return status

    def __enter__(self) -> "TracedSweeps":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()
        self._starter.kill()
        self._starter.join()
