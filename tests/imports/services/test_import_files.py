"""Reading rows from files that people make, and refusing those that only attackers do, in time and in words."""

import resource
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as time_of_day

import pytest

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.imports.rules.import_rows import Columns
from cycle_tracker.imports.services.files import read_file, read_pasted
from cycle_tracker.imports.services.workbooks import LARGEST_UNPACKED
from tests.support.workbooks import SHEET, archive, with_part, workbook

COLUMNS = Columns(names=("key", "title", "due_on"), required=frozenset({"key", "title"}))
HEAD = ["key", "title", "due_on"]
SHEET_START = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SHEET_END = b"</sheetData></worksheet>"
QUICK, LITTLE = 2, 100 * 1024


def cells(content: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.number, dict(row.cells)) for row in read_file(content, COLUMNS)]


def refused(content: bytes) -> str:
    """Why the file is refused: within two seconds of work and 100 MiB of memory."""
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(RuleBroken) as rule:
        read_file(content, COLUMNS)
    assert time.process_time() - start < QUICK
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < LITTLE
    assert rule.value.field == "file"
    return rule.value.message


@pytest.mark.parametrize(
    "text",
    [
        "key,title,due_on\na,Draft,2027-04-01\n",
        "\ufeffkey,title,due_on\r\na,Draft,2027-04-01\r\n",
        "title;due_on;key\nDraft;2027-04-01;a\n",
        "Key\tTitle\tDue on\na\tDraft\t2027-04-01",
        '"key","title","due_on"\n"a","Draft","2027-04-01"\n',
    ],
)
def test_csv_is_read_however_it_was_saved(text: str) -> None:
    assert cells(text.encode()) == [(2, {"key": "a", "title": "Draft", "due_on": "2027-04-01"})]


def test_rows_are_numbered_as_a_spreadsheet_does_and_blank_ones_left_out() -> None:
    text = 'key,title\n\n,,\na,"Two\nlines"\n  ,\nb,Last\n'
    assert [(number, row["title"]) for number, row in cells(text.encode())] == [(4, "Two lines"), (6, "Last")]


def test_workbooks_are_read_with_days_numbers_and_text() -> None:
    content = workbook(
        [HEAD, ["a", 2027, date(2027, 4, 1)], [], ["b", 1.5, datetime.combine(date(2027, 4, 2), time_of_day(9, 30))]]
    )
    assert cells(content) == [
        (2, {"key": "a", "title": "2027", "due_on": "2027-04-01"}),
        (4, {"key": "b", "title": "1.5", "due_on": "2027-04-02"}),
    ]


def test_a_formula_in_csv_is_text() -> None:
    assert cells(b"key,title\na,=1+1\n")[0][1]["title"] == "=1+1"
    assert cells(b"key,title\na,'=1+1\n")[0][1]["title"] == "=1+1"


def test_columns_without_a_name_may_be_empty() -> None:
    assert cells(b"key,title,,\na,Draft,,\n") == [(2, {"key": "a", "title": "Draft"})]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"  \n ", "The file is empty."),
        (b"key,title\n", "There are no rows below the column names."),
        (b"key\na\n", "These are missing: title."),
        (b"key,title,colour\na,b,c\n", "“colour” is not a column we recognise."),
        (b"key,title\na,b,c\n", "Row 2 has a cell in column 3, which has no name in the first row."),
        ("key,title\na,Café\n".encode("cp1252"), "not saved as UTF-8"),
        ("key,title\na,b\n".encode("utf-16"), "The file must be an Excel workbook (XLSX) or a CSV file."),
        (b"key,title\na,b\x00\n", "The file must be an Excel workbook (XLSX) or a CSV file."),
        (b'key,title\na,"never closed\nb,c\n', "Row 2 cannot be read because a quotation mark is not closed"),
        (b"key,title\na," + b"x" * 5_001 + b"\n", "Row 2 has a cell of more than 5,000 characters."),
        (b"key,title\na," + b"x" * 1_000_000 + b"\n", "Row 2 cannot be read"),
        (b"key,title\n" + b"a,b\n" * 5_001, "There are more than 5,000 rows."),
        (b"x" * (10 * 1024 * 1024 + 1), "The file is larger than 10 MB."),
        (b"," * 2_000_000, "Row 1 has more than 40 columns."),
        (b"key,title\n" + b"\n" * 2_000_000, "There are more than 20,000 rows, including blank ones."),
        (b'"' * 1_000_001, "Row 1 cannot be read"),
        (b"PK\x03\x04 and nothing more", "We cannot read this spreadsheet."),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 5_000, "The file must be an Excel workbook (XLSX) or a CSV file."),
        (b"<html><script>alert(1)</script></html>", "is not a column we recognise."),
        (b"%PDF-1.7\n", "is not a column we recognise."),
    ],
    ids=range(21),
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    assert words in refused(content)


def test_five_thousand_rows_are_read() -> None:
    assert len(cells(b"key,title\n" + b"a,b\n" * 5_000)) == 5_000
    content = workbook(
        [HEAD, *([f"key-{number}", "A title of some length", date(2027, 4, 1)] for number in range(5_000))]
    )
    assert len(cells(content)) == 5_000


def test_pasted_cells_come_with_the_names_of_their_columns_or_without() -> None:
    expected = [{"key": "a", "title": "Draft", "due_on": "1/4/2027"}]
    for text in (
        "a\tDraft\t1/4/2027\n",
        "Title\tKey\tDue on\nDraft\ta\t1/4/2027",
        "key\ttitle\tdue_on\r\na\tDraft\t1/4/2027\r\n",
    ):
        assert [dict(row.cells) for row in read_pasted(text, COLUMNS)] == expected
    with pytest.raises(RuleBroken) as rule:
        read_pasted('a\t"b', COLUMNS)
    assert rule.value.field == "pasted"


def bomb(part: bytes) -> bytes:
    return with_part(workbook([HEAD, ["a", "b", None]]), SHEET, lambda _data: part)


ENTITIES = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
LAUGHS = (
    b'<!DOCTYPE w [<!ENTITY e0 "ha">' + ENTITIES + b"]>" + SHEET_START + b"<row><c><v>&e11;</v></c></row>" + SHEET_END
)
OUTSIDE = (
    b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    + SHEET_START
    + b"<row><c><v>&x;</v></c></row>"
    + SHEET_END
)


# Each is made when its test runs: some are large, and every worker reads this file.
MADE_BY_NO_PERSON: dict[str, Callable[[], bytes]] = {
    "too-large": lambda: bomb(b"<a>" + b" " * (LARGEST_UNPACKED + 1) + b"</a>"),
    "too-many-cells": lambda: bomb(SHEET_START + b"<row>" + b"<c><v>1</v></c>" * 500_000 + b"</row>" + SHEET_END),
    "billion-laughs": lambda: bomb(LAUGHS),
    "file-from-outside": lambda: bomb(OUTSIDE),
    "laughs-in-utf-16": lambda: bomb(
        b'<?xml version="1.0" encoding="utf-16"?>'.decode().encode("utf-16") + LAUGHS.decode().encode("utf-16-le")
    ),
    "laughs-in-utf-7": lambda: bomb(b'<?xml version="1.0" encoding="UTF-7"?>' + LAUGHS),
    "a-row-far-down": lambda: bomb(SHEET_START + b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>' + SHEET_END),
    "no-xml": lambda: bomb(b"not XML at all"),
    "unclosed": lambda: bomb(b"<unclosed>"),
    "100,000-parts": lambda: archive({f"{number}.xml": b"<a/>" for number in range(100_000)}),
    "nothing-in-it": lambda: archive({"[Content_Types].xml": b"<Types/>"}),
    "a-word-document": lambda: archive({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"}),
    "zips-in-zips": lambda: archive({"0.zip": archive({"1.zip": archive({"2.zip": b"\0" * 1_000_000})})}),
    "paths": lambda: archive({"../../etc/passwd": b"x", "/absolute": b"y", "a\0b": b"z"}),
    "cut-off": lambda: workbook([HEAD, ["a"]])[:-200],
}


@pytest.mark.parametrize("make", MADE_BY_NO_PERSON.values(), ids=MADE_BY_NO_PERSON)
def test_a_workbook_that_no_person_makes_is_refused_at_once(make: Callable[[], bytes]) -> None:
    assert refused(make())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressions_that_spreadsheets_do_not_use_are_refused(method: int) -> None:
    content = with_part(workbook([HEAD]), SHEET, lambda _data: b" " * 50_000_000, method=method)
    assert refused(content).startswith("We cannot read this spreadsheet.")


def test_a_part_that_lies_about_its_size_is_not_unpacked() -> None:
    content = bomb(b"<a>" + b" " * 150_000_000 + b"</a>")
    size = struct.pack("<L", 150_000_007)
    assert content.count(size) == 2
    assert refused(content.replace(size, struct.pack("<L", 200)))


def test_a_workbook_with_too_many_columns_is_refused() -> None:
    assert refused(workbook([HEAD + [f"c{number}" for number in range(60)]])) == "Row 1 has more than 40 columns."
