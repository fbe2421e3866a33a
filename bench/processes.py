"""Running the product's processes and learning what they cost.

This module, and whatever starts a process, imports nothing large: a child's peak memory counts its parent's too,
until the child's own program begins.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DAY = "2026-05-14"
"""A Thursday with no bank holiday near it: the day that the rules see."""
LOOPBACK = "127.0.0.1"


class Unexpected(Exception):
    """A process did not do what it should, so what was measured says nothing."""


@dataclass(frozen=True)
class Done:
    """What a process printed, the user and system seconds that it took, and its peak memory in KiB."""

    printed: str
    cpu: float
    peak: int

    @property
    def counts(self) -> dict[str, Any]:
        """The JSON object in the last line."""
        counts: dict[str, Any] = json.loads(self.printed.splitlines()[-1])
        return counts


def environment(database: str = "", port: int = 0, connections: int = 1) -> dict[str, str]:
    """What a process of the product finds in its environment."""
    return {
        **os.environ,
        "SECRET_KEY": "only-for-measuring-" + "x" * 32,
        "DATABASE_URL": database,
        "MAIL_SERVER": LOOPBACK,
        "MAIL_PORT": str(port),
        "MAIL_DEFAULT_SENDER": "cycle-tracker@example.org",
        "MAIL_CONNECTIONS": str(connections),
    }


def free_port() -> int:
    """A port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def run(*arguments: str, database: str = "", port: int = 0, connections: int = 1) -> Done:
    """Run Python with these arguments to its end. Raises Unexpected where it fails."""
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment(database, port, connections),
            stdout=printed,
            stderr=said,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        said.seek(0)
        if process.returncode:
            raise Unexpected(f"{' '.join(arguments)} ended with {process.returncode}: {said.read()[-2000:]}")
        return Done(printed.read(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def run_job(job: str, *, database: str, port: int = 0, connections: int = 1) -> Done:
    """One run of a job of the scheduler, in a process of its own."""
    return run("-m", "scheduler", "run", job, "--on", DAY, database=database, port=port, connections=connections)
