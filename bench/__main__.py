"""`python -m bench`: every measure on both databases, one JSON line for each row. Ends with 1 where a promise does not
hold. Without a PostgreSQL server on this machine it says so, and measures on SQLite alone."""

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import deciding, growth, pages, sending, web_worker, whole_job
from bench.databases import PostgresShelf, Shelf, SqliteShelf
from bench.rows import Row
from tests.support.postgres import start_cluster

Measure = Callable[..., Iterator[Row]]
MEASURES: dict[tuple[str, ...], Measure] = {
    ("P0",): whole_job.measure,
    ("P1", "P5"): growth.measure,
    ("P5",): web_worker.measure,
    ("P2",): sending.measure,
    ("P2", "CONNECTIONS"): sending.measure_connections,
    ("SWEEP",): deciding.measure,
    ("P3", "P6"): pages.measure,
}
KINDS = ("sqlite", "postgresql")


def main() -> int:
    """Measure what was asked for, and print each row as it comes."""
    asked = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))  # what it started is stopped on the way out
    only = set(asked.only.upper().split(",")) if asked.only else {name for names in MEASURES for name in names}
    broken = 0
    for kind in asked.on.split(","):
        with _shelf(kind) as shelf:
            for names, measure in MEASURES.items():
                if shelf is not None and only.intersection(names):
                    for row in measure(shelf, quick=asked.quick):
                        print(row, flush=True)
                        broken += not row.holds
    return 1 if broken else 0


@contextmanager
def _shelf(kind: str) -> Iterator[Shelf | None]:
    """The databases of one kind, until the end of the block; None where this machine has no such server."""
    with tempfile.TemporaryDirectory(prefix="cycle-tracker-bench-") as folder:
        if kind == "sqlite":
            yield SqliteShelf(Path(folder))
            return
        os.chmod(folder, 0o755)  # noqa: S103  root runs the server as another user, who must get in
        try:
            cluster = start_cluster(Path(folder) / "postgresql", durable=True)
        except FileNotFoundError as missing:
            print(missing, file=sys.stderr)
            yield None
            return
        try:
            yield PostgresShelf(cluster)
        finally:
            cluster.remove()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", metavar="P0,P1", help="only these promises, or SWEEP, or CONNECTIONS")
    parser.add_argument("--on", metavar="sqlite,postgresql", default=",".join(KINDS), help="only these databases")
    parser.add_argument("--quick", action="store_true", help="less data and fewer repeats: a look, no measure")
    return parser


if __name__ == "__main__":
    sys.exit(main())
