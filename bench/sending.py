"""P2: send-outbox over one connection beside plain loops over smtplib into the same sink, and over eight beside one."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from bench.databases import Shelf, Size, load
from bench.processes import Unexpected, run, run_job
from bench.rows import Row, judged
from bench.sink import Sink

REPEATS = 3


@dataclass(frozen=True)
class Case:
    """One promise: against which loop, over how many mails, at what delay of the server, and the bound."""

    promise: str
    loop: str
    mails: int
    delay: float
    bound: dict[str, float]


CASES = (
    Case("one that builds each mail as it sends it", "build", 3_000, 0.0, {"SQLite": 1.0, "PostgreSQL": 1.0}),
    Case("one that sends ready-made bytes", "ready", 3_000, 0.0, {"SQLite": 0.3, "PostgreSQL": 0.1}),
    Case("one that sends ready-made bytes, 10 ms a mail", "ready", 500, 0.01, {"SQLite": 0.75, "PostgreSQL": 0.6}),
)
CONNECTIONS, SLOW, MAILS_FOR_CONNECTIONS = 8, 0.05, 800


def measure(shelf: Shelf, *, quick: bool) -> Iterator[Row]:
    """Mails a second of send-outbox over those of each loop, in turns."""
    for case in CASES:
        if shelf.kind not in case.bound:
            continue
        mails = min(case.mails, 300) if quick else case.mails
        original = shelf.original(f"sending-{mails}", partial(_queue, mails))
        rates = [_both_rates(shelf.copy(original), case, mails) for _ in range(3 if quick else REPEATS)]
        yield judged(
            "P2",
            f"mails a second of send-outbox on {shelf.kind} over a loop, {case.promise}",
            [ours / loop for ours, loop in rates],
            "at least",
            case.bound[shelf.kind],
            mails=mails,
            mails_a_second=[list(pair) for pair in rates],
        )


def measure_connections(shelf: Shelf, *, quick: bool) -> Iterator[Row]:
    """Mails a second over eight connections over those over one, where the server takes 50 ms for each."""
    mails = 200 if quick else MAILS_FOR_CONNECTIONS
    original = shelf.original(f"sending-{mails}", partial(_queue, mails))
    rates = [
        [_rate(shelf.copy(original), connections, mails) for connections in (1, CONNECTIONS)] for _ in range(REPEATS)
    ]
    yield judged(
        "P2",
        f"mails a second of send-outbox on {shelf.kind} over {CONNECTIONS} connections over those over one, "
        f"{SLOW * 1000:.0f} ms a mail",
        [over_many / over_one for over_one, over_many in rates],
        "at least",
        5.5,
        mails=mails,
        mails_a_second=rates,
    )


def _rate(database: str, connections: int, mails: int) -> float:
    with Sink(SLOW) as sink:
        ours = run_job("send-outbox", database=database, port=sink.port, connections=connections)
        taken = sink.stop()
    if taken != {"mails": mails, "recipients": mails} or ours.counts["connections"] != connections:
        raise Unexpected(f"{mails} mails were to go over {connections} connections: {ours.counts}, {taken}.")
    return mails / float(ours.counts["seconds"])


def _queue(people: int, database: str) -> None:
    """One digest for each of so many people."""
    load(Size(milestones=people, overdue=people, due_soon=0, people=people))(database)
    run_job("queue-notices", database=database)


def _both_rates(database: str, case: Case, mails: int) -> tuple[float, float]:
    with Sink(case.delay) as sink:
        loop = run("-m", "bench.plain_loop", case.loop, str(sink.port), database=database)
        ours = run_job("send-outbox", database=database, port=sink.port)
        taken = sink.stop()
    if taken != {"mails": 2 * mails, "recipients": mails}:
        raise Unexpected(f"Each of {mails} mails was to be sent twice, and the sink took {taken}.")
    return mails / ours.counts["seconds"], mails / loop.counts["seconds"]
