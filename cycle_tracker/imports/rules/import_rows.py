"""The rows of a file as people fill them in: their columns, and what every row of every file must be.

Pure: a row is read into what it means, or into problems, each told by its row, its column and in words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.written_dates import read_date

MOST_ROWS = 5_000
LONGEST_CELL = 5_000
# The day of Royal Assent to the 2014 Act: nothing in a cycle has a date before it.
EARLIEST_DAY = date(2014, 3, 27)
LATEST_DAY = date(2100, 1, 1)

# What an export leads with an apostrophe, so that no spreadsheet runs it.
STARTS_LIKE_A_FORMULA = re.compile(r"'+[=+\-@]")


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell; with no column, in the whole row."""

    row: int
    column: str
    message: str


@dataclass(frozen=True)
class SheetRow:
    """One row by its number in the file (the first row of cells is 1) and the names of its columns."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Columns:
    """The columns of one sort of file, in the order of its template, and those that it cannot be without."""

    names: tuple[str, ...]
    required: frozenset[str]

    def named(self, heading: str) -> str | None:
        """The column that a heading means, however it is written: `Due on`, `due_on` and `DUE-ON` are one."""
        return next((name for name in self.names if _plain(name) == _plain(heading)), None)

    def in_order(self, headings: Iterable[str]) -> list[str | None]:
        """The column of each heading; None for one that is empty.

        Raises RuleBroken for a heading that is no column, for one that stands twice and for one that is missing.
        """
        found = [self._column(heading) for heading in headings]
        named = [name for name in found if name]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice:
            raise RuleBroken(f"There are two columns called “{twice}”. Remove one of them.")
        missing = [name for name in self.names if name in self.required and name not in named]
        if missing:
            raise RuleBroken(f"The first row needs the names of the columns. These are missing: {', '.join(missing)}.")
        return found

    def _column(self, heading: str) -> str | None:
        if not heading.strip():
            return None
        name = self.named(heading)
        if name is None:
            raise RuleBroken(
                f"“{shortened(heading)}” is not a column we recognise. The columns are {', '.join(self.names)}."
            )
        return name


class RowReader:
    """Reads the cells of one row, and keeps what is wrong with them."""

    def __init__(self, row: SheetRow) -> None:
        self.row = row
        self.problems: list[Problem] = []

    def refuse(self, column: str, message: str) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(Problem(self.row.number, column, message))

    def text(self, column: str, *, longest: int) -> str:
        """A line of text; where it is too long it is refused, and empty here."""
        text = one_line(self.row[column])
        if len(text) > longest:
            self.refuse(column, f"This must be {longest:,} characters or fewer. It has {len(text):,}.")
            return ""
        return text

    def day(self, column: str) -> date | None:
        """A day that can be one of a cycle; None where the cell is empty or refused."""
        text = self.row[column]
        if not text:
            return None
        try:
            day = read_date(text)
        except ValueError as error:
            self.refuse(column, f"{error}.")
            return None
        if not EARLIEST_DAY <= day < LATEST_DAY:
            self.refuse(
                column,
                "Enter a date on or after 27 March 2014, when the 2014 Act received Royal Assent, "
                f"and before {LATEST_DAY.year}.",
            )
            return None
        return day


def clean_cell(text: str) -> str:
    """A cell as one line, and without the apostrophe that an export put before what looks like a formula."""
    line = one_line(text)
    return line[1:] if STARTS_LIKE_A_FORMULA.match(line) else line


def shortened(text: str, longest: int = 60) -> str:
    """Text as a message quotes it: on one line, and cut where it is long."""
    line = one_line(text[: 2 * longest])
    return line if len(line) <= longest else f"{line[:longest]}…"


def _plain(heading: str) -> str:
    return " ".join(re.sub(r"[_\-]+", " ", one_line(heading[:100])).casefold().split())
