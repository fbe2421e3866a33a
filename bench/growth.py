"""P1 and P5: what the jobs cost where a hundred times as much is stored and the same is due."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.databases import Shelf, Size, load
from bench.processes import Done, Unexpected, run_job
from bench.rows import Row, judged
from bench.sink import Sink

SMALL, LARGE, LARGE_ENOUGH = 10_000, 1_000_000, 100_000
OVERDUE, DUE_SOON, PEOPLE = 1_000, 500, 60
REPEATS = 3


@dataclass(frozen=True)
class Pair:
    """One repeat: both jobs at both sizes."""

    small: tuple[Done, Done]
    large: tuple[Done, Done]


def measure(shelf: Shelf, *, quick: bool) -> Iterator[Row]:
    """The time of queue-notices, and the peak memory of both jobs, at the large size over the small one."""
    sizes = (SMALL, LARGE_ENOUGH if quick else LARGE)
    small, large = (original(shelf, milestones) for milestones in sizes)
    pairs = [Pair(_both_jobs(shelf.copy(small)), _both_jobs(shelf.copy(large))) for _ in range(3 if quick else REPEATS)]
    seconds = [[size[0].counts["seconds"] for size in (pair.small, pair.large)] for pair in pairs]
    between = f"at {sizes[1]:,} milestones over {SMALL:,} with the same {OVERDUE + DUE_SOON:,} due"
    yield judged(
        "P1",
        f"seconds of queue-notices on {shelf.kind} {between}",
        [at_large / at_small for at_small, at_large in seconds],
        "at most",
        1.5,
        seconds=seconds,
    )
    for number, job in enumerate(("queue-notices", "send-outbox")):
        peaks = [[size[number].peak / 1024 for size in (pair.small, pair.large)] for pair in pairs]
        yield judged(
            "P5",
            f"peak memory of {job} on {shelf.kind} {between}",
            [at_large / at_small for at_small, at_large in peaks],
            "at most",
            1.15,
            mebibytes=peaks,
        )


def original(shelf: Shelf, milestones: int) -> str:
    """The database of this size, made once for every measure that needs it; its name."""
    return shelf.original(f"growth-{milestones}", load(Size(milestones, OVERDUE, DUE_SOON, PEOPLE)))


def _both_jobs(database: str) -> tuple[Done, Done]:
    with Sink() as sink:
        queued = run_job("queue-notices", database=database)
        sent = run_job("send-outbox", database=database, port=sink.port)
    if queued.counts["notices"] != OVERDUE + DUE_SOON or sent.counts["sent"] != PEOPLE:
        raise Unexpected(f"The jobs did something else than was due: {queued.counts}, {sent.counts}.")
    return queued, sent
