"""15,000 items, each with something to say today: how long it takes to decide and write down who is to hear what."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.databases import Shelf, Size, SqliteShelf, load
from bench.processes import Unexpected, run, run_job
from bench.rows import Row, judged

SIZE = Size(milestones=15_000, overdue=7_500, due_soon=7_500, people=600)
REPEATS = 3


def measure(shelf: Shelf, *, quick: bool) -> Iterator[Row]:  # noqa: ARG001  it is quick
    """On PostgreSQL, the seconds of deciding over those on SQLite in turn with it, start-up aside. Beside them,
    unjudged, those of the whole of queue-notices, which then writes the mails: 600 of 25 items each."""
    if shelf.kind == SqliteShelf.kind:
        return
    with tempfile.TemporaryDirectory(prefix="cycle-tracker-bench-") as folder:
        shelves = (shelf, SqliteShelf(Path(folder)))
        filled = [(one, one.original("deciding", load(SIZE))) for one in shelves]
        decided, whole = [], []
        for _ in range(REPEATS):
            decided.append([_seconds_of_deciding(one.copy(original)) for one, original in filled])
            whole.append([_seconds_of_the_job(one.copy(original)) for one, original in filled])
    yield judged(
        "SWEEP",
        "seconds of deciding on PostgreSQL with 15,000 items due over those on SQLite",
        [on_postgresql / on_sqlite for on_postgresql, on_sqlite in decided],
        "at most",
        1.5,
        seconds=decided,
        seconds_with_600_mails=whole,
    )


def _seconds_of_deciding(database: str) -> float:
    counts = run("-m", "bench.deciding_alone", database=database).counts
    if counts["notices"] != SIZE.milestones:
        raise Unexpected(f"{SIZE.milestones} notices were due: {counts}.")
    return float(counts["seconds"])


def _seconds_of_the_job(database: str) -> float:
    counts = run_job("queue-notices", database=database).counts
    if counts["messages"] != SIZE.people:
        raise Unexpected(f"{SIZE.people} mails were due: {counts}.")
    return float(counts["seconds"])
