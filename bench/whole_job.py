"""P0: the whole job, queued and sent, beside two processes that only import what every such service imports."""

from collections.abc import Iterator

from bench.databases import Shelf, Size, load
from bench.processes import Unexpected, run, run_job
from bench.rows import Row, judged
from bench.sink import Sink

SIZE = Size(milestones=10_000, overdue=1_000, due_soon=500, people=60)
IMPORTS = "import flask, flask_sqlalchemy, flask_mail"
REPEATS = 5


def measure(shelf: Shelf, *, quick: bool) -> Iterator[Row]:
    """The processor time of queue-notices and send-outbox over that of two bare imports, in turns."""
    original = shelf.original("whole-job", load(SIZE))
    ratios, jobs, imports = [], [], []
    for _ in range(3 if quick else REPEATS):
        database = shelf.copy(original)
        with Sink() as sink:
            bare = run("-c", IMPORTS).cpu + run("-c", IMPORTS).cpu
            queued = run_job("queue-notices", database=database)
            sent = run_job("send-outbox", database=database, port=sink.port)
            taken = sink.stop()
        if taken != {"mails": SIZE.people, "recipients": SIZE.people}:
            raise Unexpected(f"{SIZE.people} digests were due, and the sink took {taken}.")
        jobs.append(queued.cpu + sent.cpu)
        imports.append(bare)
        ratios.append(jobs[-1] / bare)
    yield judged(
        "P0",
        f"processor time of the whole job on {shelf.kind} at 10,000 milestones, over two processes that only "
        "import Flask, Flask-SQLAlchemy and Flask-Mail",
        ratios,
        "at most",
        2.5,
        job_seconds=jobs,
        imports_seconds=imports,
        digests=SIZE.people,
    )
