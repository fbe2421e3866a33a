"""A list as a sheet, and the two files that it can be.

What people type may start like a formula. In CSV such a cell is led by an apostrophe, which spreadsheets show as text;
in XLSX every text cell is stored as text, so nothing needs to be added.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from cycle_tracker.core.lines import several_lines

Cell = str | int | date | None
FileForm = Literal["csv", "xlsx"]
FILE_FORMS: tuple[FileForm, ...] = get_args(FileForm)

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MEDIA_TYPES: dict[FileForm, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
DAY_FORMAT = "d mmmm yyyy"
NARROWEST, WIDEST = 10, 60


@dataclass(frozen=True)
class Sheet:
    """A list as a file has it. `name` is the file's name without its ending, such as `outstanding-2026-07-03`."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def download(sheet: Sheet, form: FileForm) -> Response:
    """The answer that gives a sheet as a file to keep."""
    content = as_csv(sheet) if form == "csv" else as_xlsx(sheet)
    return Response(
        content,
        content_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{sheet.name}.{form}"'},
    )


def as_csv(sheet: Sheet) -> bytes:
    """The sheet as CSV with a byte-order mark, so that Excel reads its letters right; days as ISO dates."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(sheet.columns)
    writer.writerows([_csv_cell(cell) for cell in row] for row in sheet.rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    """The sheet as a workbook with one table: a bold first row that stays in sight, days as days, text as text."""
    book = Workbook(write_only=True)
    page = book.create_sheet("List")
    page.freeze_panes = "A2"
    for number, width in enumerate(_widths(sheet)):
        page.column_dimensions[chr(ord("A") + number)].width = width
    page.append([_xlsx_cell(page, name, bold=True) for name in sheet.columns])
    for row in sheet.rows:
        page.append([_xlsx_cell(page, cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str):
        return str(cell)
    text = several_lines(cell)
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _xlsx_cell(page: WriteOnlyWorksheet, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(page, value=several_lines(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    elif isinstance(value, date):
        cell.number_format = DAY_FORMAT
    if bold:
        cell.font = Font(bold=True)
    return cell


def _widths(sheet: Sheet) -> Iterable[int]:
    """Of each column, as many letters as its longest cell, within reason."""
    for number, name in enumerate(sheet.columns):
        longest = max((len(str(row[number] or "")) for row in sheet.rows), default=0)
        yield max(NARROWEST, min(WIDEST, max(longest, len(name)) + 2))
