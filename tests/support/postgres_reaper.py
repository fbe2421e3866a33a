"""Waits until the process that made a cluster is gone, then stops the server and removes the folder.

Run as a program of its own: `python postgres_reaper.py FOLDER`, with a pipe from the maker as its standard input. The
pipe ends however the maker does, by SIGKILL too. Needs nothing but the standard library, so that it starts at once.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

PATIENCE = 10.0


def main(folder: Path) -> None:
    sys.stdin.read()
    server = _server(folder / "data" / "postmaster.pid")
    if server is not None:
        _end(server)
    until = time.monotonic() + PATIENCE
    while folder.exists() and time.monotonic() < until:  # initdb may still be writing into it
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


def _server(written_in: Path) -> int | None:
    try:
        return int(written_in.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _end(server: int) -> None:
    """An immediate shutdown, which takes the server's children with it; by SIGKILL where that takes too long."""
    until = time.monotonic() + PATIENCE
    try:
        os.kill(server, signal.SIGQUIT)
        while time.monotonic() < until:
            os.kill(server, 0)
            time.sleep(0.05)
        os.kill(server, signal.SIGKILL)
    except ProcessLookupError:
        pass


if __name__ == "__main__":
    main(Path(sys.argv[1]))
