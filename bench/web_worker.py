"""P5, the web side: what a worker holds in memory where a hundred times as much is stored."""

import http.cookiejar
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.databases import Shelf
from bench.growth import LARGE, LARGE_ENOUGH, REPEATS, SMALL, original
from bench.processes import LOOPBACK, ROOT, Unexpected, environment, free_port, run
from bench.rows import Row, judged

PASSWORD = "only-for-measuring-pages"  # noqa: S105  of accounts that live as long as a measure
VIEWERS = {
    "official@example.test": ("official", "", ("/", "/outstanding")),
    "lead@example.test": ("lead", "syn-0000", ("/", "/escalations")),
}
VISITS = 20
PATIENCE_SECONDS = 30


def measure(shelf: Shelf, *, quick: bool) -> Iterator[Row]:
    """The peak memory of one web worker that shows each home, the outstanding list and the escalations."""
    sizes = (SMALL, LARGE_ENOUGH if quick else LARGE)
    originals = [original(shelf, milestones) for milestones in sizes]
    peaks = [[_peak_of_worker(shelf.copy(original)) for original in originals] for _ in range(REPEATS)]
    yield judged(
        "P5",
        f"peak memory of a web worker on {shelf.kind} at {sizes[1]:,} milestones over {SMALL:,}",
        [at_large / at_small for at_small, at_large in peaks],
        "at most",
        1.15,
        mebibytes=peaks,
    )


def _peak_of_worker(database: str) -> float:
    """MiB that the worker held at most, after its visits."""
    for address, (role, partnership, _) in VIEWERS.items():
        place = ["--partnership", partnership] if partnership else []
        words = ["user", "add", address, "--name", role, "--role", role, "--password", PASSWORD, *place]
        run("-m", "flask", "--app", "wsgi", *words, database=database)
    with worker(database) as (process, base):
        for address, (_, _, paths) in VIEWERS.items():
            visitor = _signed_in(base, address)
            for path in paths * VISITS:
                visitor.open(base + path).read()
        return _peak(_child_of(process.pid))


@contextmanager
def worker(
    database: str, app: str = "wsgi:app", healthy: str = "/healthz"
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """One gunicorn worker of an app, and its address, once it answers for `healthy`."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--no-control-socket", "-w", "1", "-b", f"{LOOPBACK}:{port}", app],
        cwd=ROOT,
        env=environment(database),
        stderr=subprocess.DEVNULL,
    )
    base = f"http://{LOOPBACK}:{port}"
    try:
        _wait_for(f"{base}{healthy}")
        yield process, base
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(address: str) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        try:
            urllib.request.urlopen(address).close()  # noqa: S310  our own worker on loopback
            return
        except OSError:
            time.sleep(0.1)
    raise Unexpected("The web worker did not answer.")


def _signed_in(base: str, address: str) -> urllib.request.OpenerDirector:
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = visitor.open(f"{base}/sign-in").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if token is None:
        raise Unexpected("The sign-in page has no token.")
    form = {"csrf_token": token[1], "email": address, "password": PASSWORD}
    answer = visitor.open(f"{base}/sign-in", urllib.parse.urlencode(form).encode())
    if answer.url.endswith("/sign-in"):
        raise Unexpected(f"{address} could not sign in.")
    return visitor


def _child_of(pid: int) -> int:
    """The worker under gunicorn's master."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0])


def _peak(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    if found is None:
        raise Unexpected("The kernel does not say what the worker held.")
    return int(found[1]) / 1024
