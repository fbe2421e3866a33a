"""Cells, columns and days, as every import reads them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.imports.rules.import_rows import Columns, RowReader, SheetRow, clean_cell, shortened

COLUMNS = Columns(names=("key", "due_on", "note"), required=frozenset({"key", "due_on"}))


def test_columns_stand_in_any_order_and_are_written_in_any_way() -> None:
    assert COLUMNS.in_order(["Due on", "", " KEY "]) == ["due_on", None, "key"]
    assert COLUMNS.in_order(["NOTE", "due-on", "key"]) == ["note", "due_on", "key"]


TOO_EARLY_OR_LATE = "Enter a date on or after 27 March 2014, when the 2014 Act received Royal Assent, and before 2100."


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        (["key"], "These are missing: due_on"),
        (["key", "due_on", "colour"], "“colour” is not a column we recognise. The columns are key, due_on, note."),
        (["key", "due on", "due_on"], "two columns called “due_on”"),
        (["x" * 5000], "…” is not a column"),
    ],
)
def test_columns_that_cannot_be_read_are_named(headings: list[str], words: str) -> None:
    with pytest.raises(RuleBroken, match=words.replace("…", ".")):
        COLUMNS.in_order(headings)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2027-04-01", date(2027, 4, 1)),
        ("1/4/2027", date(2027, 4, 1)),
        ("1 April 2027", date(2027, 4, 1)),
        ("", None),
    ],
)
def test_days_are_read_as_people_write_them(written: str, day: date | None) -> None:
    reader = RowReader(SheetRow(7, {"due_on": written}))
    assert reader.day("due_on") == day
    assert reader.problems == []


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("31 6 2027", "31 June 2027 is not a real date."),
        ("soon", "Enter a date, for example 30 6 2026."),
        ("26 3 2014", TOO_EARLY_OR_LATE),
        ("1 1 2100", TOO_EARLY_OR_LATE),
        ("9" * 5000, "Enter a date, for example 30 6 2026."),
    ],
)
def test_a_day_that_cannot_be_is_told_by_row_and_column(written: str, words: str) -> None:
    reader = RowReader(SheetRow(7, {"due_on": written}))
    assert reader.day("due_on") is None
    (problem,) = reader.problems
    assert (problem.row, problem.column, problem.message) == (7, "due_on", words)


@pytest.mark.parametrize("text", ["=1+1", "+44", "-5", "@home"])
def test_the_apostrophe_that_an_export_added_is_taken_off_again(text: str) -> None:
    assert clean_cell(f"'{text}") == text
    assert clean_cell(f"''{text}") == f"'{text}"
    assert clean_cell(text) == text


def test_an_apostrophe_of_a_person_stays() -> None:
    assert clean_cell("'Our' plan") == "'Our' plan"


@given(st.text())
def test_a_clean_cell_has_no_control_characters_and_no_outer_blanks(text: str) -> None:
    cleaned = clean_cell(text)
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in cleaned)
    assert "\x7f" not in cleaned


def test_what_a_message_quotes_is_short() -> None:
    assert shortened("a  b\nc") == "a b c"
    assert len(shortened("x" * 100_000)) == 61
