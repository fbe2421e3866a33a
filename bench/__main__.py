"""`python -m bench`: every measure, one JSON line for each row. Ends with 1 where a promise does not hold."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import growth, sending, web_worker, whole_job
from bench.databases import Shelf, SqliteShelf
from bench.rows import Row

Measure = Callable[..., Iterator[Row]]
MEASURES: dict[tuple[str, ...], Measure] = {
    ("P0",): whole_job.measure,
    ("P1", "P5"): growth.measure,
    ("P5",): web_worker.measure,
    ("P2",): sending.measure,
}


def main() -> int:
    """Measure what was asked for, and print each row as it comes."""
    asked = _parser().parse_args()
    only = set(asked.only.upper().split(",")) if asked.only else {name for names in MEASURES for name in names}
    broken = 0
    with tempfile.TemporaryDirectory(prefix="cycle-tracker-bench-") as folder:
        shelf: Shelf = SqliteShelf(Path(folder))
        for names, measure in MEASURES.items():
            if only.intersection(names):
                for row in measure(shelf, quick=asked.quick):
                    print(row, flush=True)
                    broken += not row.holds
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", metavar="P0,P1", help="only these promises")
    parser.add_argument("--quick", action="store_true", help="less data and fewer repeats: a look, no measure")
    return parser


if __name__ == "__main__":
    sys.exit(main())
