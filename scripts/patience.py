"""Running a program to its end, and saying meanwhile what is being done and for how long, if it takes long."""

import subprocess
import sys
import time
from pathlib import Path
from typing import TextIO

SAID_AFTER = 2.0  # seconds; what is done sooner needs no words
SAY_EVERY = 5.0  # seconds between two lines where there is no terminal


def run_patiently(
    doing: str, command: list[str], *, cwd: Path, env: dict[str, str], to: TextIO | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `command` and keep what it prints; once it has taken two seconds, say that it is `doing` this, and the
    seconds: on a terminal in one line that is written over, elsewhere a line every five seconds."""
    out = to or sys.stderr
    started = time.monotonic()
    said_at = 0.0
    with subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, text=True) as running:
        while True:
            try:
                printed, _ = running.communicate(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                took = time.monotonic() - started
                if took >= SAID_AFTER and (out.isatty() or not said_at or took - said_at >= SAY_EVERY):
                    _say(out, f"{doing} ... {took:.0f} s")
                    said_at = took
            except BaseException:
                running.terminate()
                raise
    if said_at:
        _say(out, f"{doing}: done in {time.monotonic() - started:.0f} s")
        out.write("\n" if out.isatty() else "")
    return subprocess.CompletedProcess(command, running.returncode, printed)


def _say(out: TextIO, words: str) -> None:
    out.write(f"\r\033[K{words}" if out.isatty() else f"{words}\n")
    out.flush()
