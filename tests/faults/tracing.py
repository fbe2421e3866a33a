"""Sweeps under strace, which kills one at the n-th call of a kind, or answers such calls with an error."""

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from types import TracebackType

import pytest

from tests.faults.processes import PATIENCE, ROOT

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

    def __init__(self, day: str, *, database: str, port: int) -> None:
        if why_not():
            pytest.skip(why_not())
        self._starter = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sweep", day],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": database,
                "SECRET_KEY": "only-for-tests-" + "x" * 32,
                "MAIL_SERVER": "127.0.0.1",
                "MAIL_PORT": str(port),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, inject: str) -> int:
        """One sweep with this injection (`sendto:signal=KILL:when=3`): its exit status, KILLED where it was killed."""
        assert self._starter.stdin is not None
        assert self._starter.stdout is not None
        self._starter.stdin.write("go\n")
        self._starter.stdin.flush()
        pid = self._starter.stdout.readline().strip()
        call = inject.partition(":")[0]
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={inject}", "-p", pid],
            stderr=subprocess.DEVNULL,
        )
        status = int(self._starter.stdout.readline())
        tracer.wait(PATIENCE)
        return status

    def __enter__(self) -> "TracedSweeps":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._starter.kill()
        self._starter.communicate()
