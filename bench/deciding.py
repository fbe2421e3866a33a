"""15,000 items, each with something to tell today: how long queue-notices takes to decide and write it all."""

from collections.abc import Iterator

from bench.databases import Shelf, Size, load
from bench.processes import Unexpected, run_job
from bench.rows import Row, judged

SIZE = Size(milestones=15_000, overdue=7_500, due_soon=7_500, people=600)
REPEATS = 3


def measure(shelf: Shelf, *, quick: bool) -> Iterator[Row]:  # noqa: ARG001  it is quick
    """The seconds of the whole of queue-notices, start-up aside: decided, written, gathered and rendered."""
    original = shelf.original("deciding", load(SIZE))
    seconds = []
    for _ in range(REPEATS):
        counts = run_job("queue-notices", database=shelf.copy(original)).counts
        if counts["notices"] != SIZE.milestones or counts["messages"] != SIZE.people:
            raise Unexpected(f"{SIZE.milestones} notices were due: {counts}.")
        seconds.append(float(counts["seconds"]))
    yield judged(
        "SWEEP", f"seconds of queue-notices on {shelf.kind} with 15,000 items due, 600 people", seconds, "at most", 5
    )
