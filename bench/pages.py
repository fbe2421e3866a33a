"""P3 and the scans of P6: what a page costs beside a plain one, and what it costs where a hundred times as much is
stored."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.databases import Shelf, Size, load
from bench.growth import LARGE, SMALL
from bench.processes import ROOT, Unexpected, environment, run
from bench.rows import Row, judged
from bench.visitors import Visit, p95, per_second
from bench.web_worker import PASSWORD, worker

SMALL_SIZE = Size(SMALL, 1_000, 500, 60, partnerships=30, documents=True)
LARGE_SIZE = Size(LARGE, 100_000, 50_000, 20_000, partnerships=400, documents=True)
OFFICIAL, LEAD, OWNER = "official@example.test", "lead@example.test", "person-000000@example.test"
REPEATS = 3
SECONDS, QUICK_SECONDS = 2.0, 1.0
ASKED_FOR_P95 = 60
CLIENTS = (1, 4)
LONGEST_SCAN = 5_000


@dataclass(frozen=True)
class Page:
    """A page, who asks for it, and how much of the plain page's speed it is to have."""

    name: str
    path: str
    visitor: str = ""
    bound: float = 0.15


PAGES = (
    Page("officials' home", "/", OFFICIAL),
    Page("the outstanding list", "/outstanding", OFFICIAL),
    Page("the matrix", "/matrix", OFFICIAL),
    Page("a lead's home", "/", LEAD),
    Page("my work", "/my-work", OWNER),
    Page("the page of a step", "/partnerships/syn-0000/milestones/syn-0000000", LEAD, 0.10),
    Page("the page of a document", "/partnerships/syn-0000/milestones/2020-23.annual-report-1", LEAD, 0.10),
    Page("the register", "/register"),
)


@dataclass(frozen=True)
class Served:
    """One database behind a worker: its port, and everybody's cookie."""

    port: int
    cookies: Mapping[str, str]

    def visit(self, page: Page) -> Visit:
        """What is asked for."""
        return Visit(self.port, page.path, self.cookies.get(page.visitor, ""))


def measure(shelf: Shelf, *, quick: bool) -> Iterator[Row]:
    """Requests per second of each page over the plain page's; then the large size over the small one, and its scans.
    With `quick` only the small size is made."""
    sizes = (SMALL_SIZE,) if quick else (SMALL_SIZE, LARGE_SIZE)
    databases = [_filled(shelf, size) for size in sizes]
    cookies = [_cookies(database) for database in databases]
    with ExitStack() as stack:
        served = [Served(_port(stack, database), known) for database, known in zip(databases, cookies, strict=True)]
        plain = Visit(_port(stack, databases[0], "bench.plain_page:app", healthy="/"), "/")
        yield from _beside_plain(shelf.kind, served[0], plain, QUICK_SECONDS if quick else SECONDS)
        if not quick:
            yield from _growth(shelf.kind, *served)
    if shelf.kind == "PostgreSQL":
        yield _scans(databases[-1], cookies[-1], sizes[-1])


def _beside_plain(kind: str, served: Served, plain: Visit, seconds: float) -> Iterator[Row]:
    for page in PAGES:
        visit = served.visit(page)
        for clients in CLIENTS:
            per_second(visit, clients=clients, seconds=seconds / 4)  # whatever is made once is made by now
            rates = [
                [per_second(one, clients=clients, seconds=seconds) for one in (visit, plain)] for _ in range(REPEATS)
            ]
            yield judged(
                "P3",
                f"requests per second of {page.name} on {kind} over a plain page's, {_clients(clients)}",
                [ours / theirs for ours, theirs in rates],
                "at least",
                page.bound,
                per_second=rates,
            )


def _growth(kind: str, small: Served, large: Served) -> Iterator[Row]:
    for page in PAGES:
        pairs = [_p95_of(small.visit(page), large.visit(page)) for _ in range(REPEATS)]
        yield judged(
            "P3",
            f"p95 of {page.name} on {kind} at {LARGE:,} milestones in {LARGE_SIZE.partnerships} partnerships over "
            f"{SMALL:,} in {SMALL_SIZE.partnerships}",
            [at_large / at_small for at_small, at_large in pairs],
            "at most",
            1.5,
            milliseconds=[[1000 * one for one in pair] for pair in pairs],
        )


def _p95_of(small: Visit, large: Visit) -> Sequence[float]:
    """Asked for in turn, so that whatever else this machine does falls on both."""
    times = [(small.seconds(), large.seconds()) for _ in range(ASKED_FOR_P95)]
    return [p95([pair[place] for pair in times]) for place in (0, 1)]


def _scans(database: str, cookies: Mapping[str, str], size: Size) -> Row:
    pages = [{"name": one.name, "path": one.path, "cookie": cookies.get(one.visitor, "")} for one in PAGES]
    with tempfile.TemporaryFile("w+") as asked:
        json.dump(pages, asked)
        asked.seek(0)
        done = subprocess.run(
            [sys.executable, "-m", "bench.scans"],
            cwd=ROOT,
            env=environment(database),
            stdin=asked,
            stdout=subprocess.PIPE,
            text=True,
        )
    if done.returncode:
        raise Unexpected("The statements of the pages could not be explained.")
    found = json.loads(done.stdout.splitlines()[-1])
    return judged(
        "P6",
        f"rows of the largest scan of a page on PostgreSQL at {size.milestones:,} milestones",
        [max(one["rows"] for one in found.values())],
        "at most",
        LONGEST_SCAN,
        pages=[
            f"{name}: {one['statements']} statements, {one['rows']:,}, {one['what']}" for name, one in found.items()
        ],
        over=[f"{name}: {one['statement']}" for name, one in found.items() if one["rows"] > LONGEST_SCAN],
    )


def _filled(shelf: Shelf, size: Size) -> str:
    """The address of a database of this size with its three visitors."""

    def fill(database: str) -> None:
        load(size, day=f"{datetime.now(UTC):%Y-%m-%d}")(database)
        for address, role, place in ((OFFICIAL, "official", ()), (LEAD, "lead", ("--partnership", "syn-0000"))):
            words = ["user", "add", address, "--name", role, "--role", role, "--password", PASSWORD, *place]
            run("-m", "flask", "--app", "wsgi", *words, database=database)
        shelf.settle(database)

    return shelf.address(shelf.original(f"pages-{size.milestones}", fill))


def _cookies(database: str) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(
        run("-m", "bench.signing_in", OFFICIAL, LEAD, OWNER, database=database).printed.splitlines()[-1]
    )
    return found


def _port(stack: ExitStack, database: str, app: str = "wsgi:app", healthy: str = "/healthz") -> int:
    _, base = stack.enter_context(worker(database, app, healthy))
    return int(base.rpartition(":")[2])


def _clients(number: int) -> str:
    return "one client" if number == 1 else f"{number} clients"
