"""Reading the rows of an uploaded file or of pasted cells. What cannot be read is refused in words, before any work."""

import csv
import io
from collections.abc import Iterable, Sequence

from cycle_tracker.core.containers import is_container
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.imports.rules.import_rows import LONGEST_CELL, MOST_ROWS, Columns, SheetRow, clean_cell
from cycle_tracker.imports.services.workbooks import MOST_COLUMNS, MOST_LINES, read_workbook

LARGEST_FILE = 10 * 1024 * 1024
DELIMITERS = (",", ";", "\t")
Line = tuple[int, Sequence[str]]


def read_file(content: bytes, columns: Columns) -> list[SheetRow]:
    """The rows of an XLSX or a CSV file; which of the two it is, its content says. Raises RuleBroken in words."""
    if not content.strip():
        raise RuleBroken("The file is empty.", field="file")
    if len(content) > LARGEST_FILE:
        raise RuleBroken("The file is larger than 10 MB. Split it into several files.", field="file")
    try:
        lines = read_workbook(content) if is_container(content) else _csv_lines(_decoded(content))
        return _rows(lines, columns)
    except RuleBroken as rule:
        raise RuleBroken(rule.message, field="file") from rule


def read_pasted(text: str, columns: Columns) -> list[SheetRow]:
    """The rows of cells copied from a spreadsheet, with or without its first row; without it the cells stand in the
    order of the template. Raises RuleBroken in words."""
    try:
        lines = list(_csv_lines(text, "\t"))
        has_headings = bool(lines) and sum(columns.named(cell) is not None for cell in lines[0][1] if cell) > 1
        headings = [] if has_headings else [(0, columns.names)]
        return _rows([*headings, *lines], columns)
    except RuleBroken as rule:
        raise RuleBroken(rule.message, field="pasted") from rule


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise RuleBroken("The file must be an Excel workbook (XLSX) or a CSV file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RuleBroken(
            "We cannot read this file because it is not saved as UTF-8. In Excel, choose “Save as” and “CSV UTF-8”, "
            "or upload the workbook (XLSX) itself."
        ) from error


def _csv_lines(text: str, delimiter: str = "") -> Iterable[Line]:
    """The records of a CSV text with their numbers, as a spreadsheet counts its rows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error as error:
        raise RuleBroken(
            f"Row {number + 1} cannot be read because a quotation mark is not closed or a cell is too long."
        ) from error


def _delimiter(text: str) -> str:
    """What parts the cells: whichever there is most of in the first line."""
    first = text[:LONGEST_CELL].split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


def _rows(lines: Iterable[Line], columns: Columns) -> list[SheetRow]:
    """The rows below the headings, cleaned, without those that are blank."""
    named: list[str | None] | None = None
    rows: list[SheetRow] = []
    for number, line in lines:
        if number > MOST_LINES:
            raise RuleBroken(f"There are more than {MOST_LINES:,} rows, including blank ones. Remove the blank rows.")
        if len(line) > MOST_COLUMNS:
            raise RuleBroken(f"Row {number} has more than {MOST_COLUMNS} columns.")
        cells = [_cell(number, text) if text else "" for text in line]
        if not any(cells):
            continue
        if named is None:
            named = columns.in_order(cells)
        elif len(rows) == MOST_ROWS:
            raise RuleBroken(f"There are more than {MOST_ROWS:,} rows. Split the file into several.")
        else:
            rows.append(SheetRow(number, _by_column(number, cells, named)))
    if not rows:
        raise RuleBroken("There are no rows below the column names.")
    return rows


def _by_column(number: int, cells: Sequence[str], named: Sequence[str | None]) -> dict[str, str]:
    found = {}
    for position, cell in enumerate(cells):
        name = named[position] if position < len(named) else None
        if name is not None:
            found[name] = cell
        elif cell:
            raise RuleBroken(f"Row {number} has a cell in column {position + 1}, which has no name in the first row.")
    return found


def _cell(number: int, text: str) -> str:
    if len(text) > LONGEST_CELL:
        raise RuleBroken(f"Row {number} has a cell of more than {LONGEST_CELL:,} characters.")
    return clean_cell(text)
