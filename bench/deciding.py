"""15,000 items, each with something to tell today: how long it takes to decide and write down who is told what."""

from collections.abc import Iterator

from bench.databases import Shelf, Size, load
from bench.processes import Unexpected, run, run_job
from bench.rows import Row, judged

SIZE = Size(milestones=15_000, overdue=7_500, due_soon=7_500, people=600)
REPEATS = 3


def measure(shelf: Shelf, *, quick: bool) -> Iterator[Row]:  # noqa: ARG001  it is quick
    """The seconds of deciding, start-up aside. Beside it, unjudged, those of the whole of queue-notices, which then
    writes the mails: 600 of 25 items each."""
    original = shelf.original("deciding", load(SIZE))
    deciding, whole = [], []
    for _ in range(REPEATS):
        decided = run("-m", "bench.deciding_alone", database=shelf.copy(original)).counts
        written = run_job("queue-notices", database=shelf.copy(original)).counts
        if decided["notices"] != SIZE.milestones or written["messages"] != SIZE.people:
            raise Unexpected(f"{SIZE.milestones} notices were due: {decided}, {written}.")
        deciding.append(float(decided["seconds"]))
        whole.append(float(written["seconds"]))
    yield judged(
        "SWEEP",
        f"seconds of deciding on {shelf.kind} with 15,000 items due",
        deciding,
        "at most",
        5,
        seconds_with_600_mails=whole,
    )
