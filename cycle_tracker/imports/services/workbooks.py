"""Reading the first sheet of an XLSX file that anybody may have sent.

Such a file is a zip archive of XML. Before any of it is parsed, it is unpacked with a limit, whatever sizes it claims,
and no part may declare entities, which is how a few bytes become gigabytes. What was unpacked is what is then read.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from cycle_tracker.core.containers import (
    Container,
    DamagedContainer,
    Limits,
    TooManyParts,
    UnpacksToTooMuch,
    opened,
)
from cycle_tracker.core.errors import RuleBroken

LARGEST_UNPACKED = 15 * 1024 * 1024
WORKBOOK_LIMITS = Limits(parts=500, unpacked=LARGEST_UNPACKED)
# Of XML in all parts together: so much as 5,000 rows of this service's columns need, and some more.
MOST_TAGS = 300_000
MOST_COLUMNS = 40
# Rows looked at, blank ones included: a sheet may claim a million.
MOST_LINES = 20_000

NEEDED_PARTS = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ENCODED_OTHERWISE = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"'](?!utf-8|us-ascii)", re.IGNORECASE)
NOT_A_WORKBOOK = "We cannot read this spreadsheet. Save it as an Excel workbook (XLSX) or as CSV UTF-8."
TOO_LARGE = "This workbook is too large. Copy the rows into a new, empty workbook and try again."


def read_workbook(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows of the first sheet as text with their numbers: days as ISO dates, formulas by their last results.

    Raises RuleBroken, in words, for what is no workbook, or one that no person would make.
    """
    measured = _measured(content)
    try:
        book = load_workbook(measured, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever the broken part happened to break
        raise RuleBroken(NOT_A_WORKBOOK) from error
    try:
        if not book.worksheets:
            raise RuleBroken(NOT_A_WORKBOOK)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        yield from _lines(sheet)
    finally:
        book.close()


def _lines(sheet: Any) -> Iterator[tuple[int, Sequence[str]]]:
    rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
    number = 0
    while True:
        try:
            values = next(rows, None)
        except Exception as error:  # as above: the sheet is parsed as it is read
            raise RuleBroken(NOT_A_WORKBOOK) from error
        if values is None:
            return
        number += 1
        yield number, _without_blank_end([_text(value) for value in values])


def _without_blank_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: Any) -> str:
    """A cell as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _measured(content: bytes) -> io.BytesIO:
    """The archive again, of parts that were found harmless. Raises RuleBroken for what is no workbook, or too much."""
    try:
        with opened(content, WORKBOOK_LIMITS) as container:
            parts = _harmless(container)
    except (TooManyParts, UnpacksToTooMuch) as error:
        raise RuleBroken(TOO_LARGE) from error
    except DamagedContainer as error:
        raise RuleBroken(NOT_A_WORKBOOK) from error
    if not parts.keys() >= NEEDED_PARTS:
        raise RuleBroken(NOT_A_WORKBOOK)
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    copy.seek(0)
    return copy


def _harmless(container: Container) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    tags = 0
    for name, data in container.parts():
        tags += data.count(b"<")
        if tags > MOST_TAGS:
            raise RuleBroken(TOO_LARGE)
        _ensure_plain(name, data)
        parts[name] = data
    return parts


def _ensure_plain(name: str, data: bytes) -> None:
    """Raises RuleBroken for XML that declares anything, or whose letters could hide that it does."""
    is_xml = data[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")
    if is_xml and (b"\x00" in data or DECLARES.search(data) or ENCODED_OTHERWISE.search(data[:400])):
        raise RuleBroken(NOT_A_WORKBOOK)
    if not is_xml and data and name.endswith((".xml", ".rels")):
        raise RuleBroken(NOT_A_WORKBOOK)
