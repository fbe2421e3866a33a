"""One row of the history of plans and reports."""

import time
from datetime import date

import pytest

from cycle_tracker.core.periods import Period
from cycle_tracker.imports.rules.history_rows import (
    COLUMNS,
    Document,
    HistoryRow,
    When,
    documents_until,
    read_history_rows,
)
from cycle_tracker.imports.rules.import_rows import Problem, SheetRow

TODAY = date(2026, 7, 3)
GOOD = {
    "partnership": "Moray",
    "document": "annual report 2",
    "period": "2020-23",
    "published on": "14/9/2022",
    "address": "https://www.example.org/report",
    "sent to Scottish Government on": "20 September 2022",
    "received on": "2022-09-21",
    "note": "From the archive",
}


def read(**changed: str) -> tuple[list[HistoryRow], list[Problem]]:
    names = {"published": "published on", "sent": "sent to Scottish Government on", "received": "received on"}
    return read_history_rows([SheetRow(2, {**GOOD, **{names.get(k, k): v for k, v in changed.items()}})], TODAY)


def row(**changed: str) -> HistoryRow:
    (found,), problems = read(**changed)
    assert problems == []
    return found


def test_a_row_is_read_into_what_it_means() -> None:
    found = row()
    assert found.document == Document(Period.named("2020-23"), 2)
    assert found.document.key == "2020-23.annual-report-2"
    assert (found.published, found.sent) == (When(date(2022, 9, 14)), When(date(2022, 9, 20)))
    assert (found.received, found.note) == (When(date(2022, 9, 21)), "From the archive")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("plan", "2020-23.plan-prepared"),
        ("Children’s Services Plan", "2020-23.plan-prepared"),
        ("Children's services plan", "2020-23.plan-prepared"),
        ("CSP", "2020-23.plan-prepared"),
        ("Annual Report 3", "2020-23.annual-report-3"),
        ("report no. 1", "2020-23.annual-report-1"),
        ("annual report 2021-22", "2020-23.annual-report-2"),
        ("Annual report on 2022–23", "2020-23.annual-report-3"),
        ("annual report 2020/2021", "2020-23.annual-report-1"),
    ],
)
def test_documents_go_by_the_names_that_people_give_them(written: str, key: str) -> None:
    assert row(document=written, published="1/7/2026", sent="", received="").document.key == key


@pytest.mark.parametrize("written", ["2020-23", "2020–23", "2020/23", "2020 to 2023", "2020-2023"])
def test_periods_are_written_in_many_ways(written: str) -> None:
    assert row(period=written).document.period.name == "2020-23"


def test_known_unknown_and_not_known_whether_are_three_things() -> None:
    assert row(published="unknown").published == When(None)
    assert row(published="Date not known").published == When(None)
    nothing = row(published="", address="", sent="", received="")
    assert (nothing.published, nothing.says_something) == (None, False)
    assert not row(published="not known whether", address="unknown", sent="", received="").says_something
    assert row(published="", sent="", received="").says_something


@pytest.mark.parametrize(
    ("changed", "column", "words"),
    [
        ({"document": ""}, "document", "Enter the document. It can be plan, or annual report 1, 2 or 3."),
        ({"document": "minutes"}, "document", "“minutes” is not a document we recognise."),
        ({"document": "annual report 4"}, "document", "“annual report 4” is not a document we recognise."),
        ({"document": "annual report 2024-25"}, "document", "The plan period 2020–23 has no report for that year."),
        ({"document": "annual report 2020-22"}, "document", "The plan period 2020–23 has no report for that year."),
        ({"period": ""}, "period", "Enter the plan period, for example 2023-26."),
        ({"period": "2021-24"}, "period", "“2021-24” is not a plan period. Enter it like 2020-23."),
        ({"period": "2029-32", "document": "plan"}, "period", "The plan period 2029–32 has not started yet."),
        ({"period": "2026-29", "document": "report 1"}, "document", "The year it reports on has not ended. It ends"),
        ({"published": "31 9 2022"}, "published on", "31 September 2022 is not a real date."),
        ({"published": "4/7/2026"}, "published on", "The date must be today or in the past."),
        ({"address": "www.example.org"}, "address", "Enter the full web address, starting with https:// or http://."),
        (
            {"address": "javascript:alert(1)"},
            "address",
            "Enter the full web address, starting with https:// or http://.",
        ),
        ({"address": "https://" + "x" * 2000}, "address", "The web address must be 2,000 characters or fewer."),
        (
            {"received": "19/9/2022"},
            "received on",
            "The date received cannot be before the date sent, 20 September 2022.",
        ),
        ({"received": "unknown"}, "received on", "Enter the date it was received, or leave this empty."),
        ({"note": "n" * 1001}, "note", "This must be 1,000 characters or fewer. It has 1,001."),
        ({"partnership": ""}, "partnership", "Enter a partnership."),
    ],
)
def test_what_is_wrong_is_told_by_its_column(changed: dict[str, str], column: str, words: str) -> None:
    found, problems = read(**changed)
    assert found == []
    assert [(one.row, one.column) for one in problems] == [(2, column)]
    assert problems[0].message.startswith(words)


def test_a_report_published_before_its_year_ended_is_read_as_any_other() -> None:
    """It is possible, and shown before it is recorded."""
    assert row(published="31/3/2022").published == When(date(2022, 3, 31))


def test_the_documents_until_a_day_are_those_that_can_have_been_published() -> None:
    keys = [one.key for one in documents_until(TODAY)]
    assert keys[0] == "2017-20.plan-prepared"
    assert keys[-1] == "2026-29.plan-prepared"
    assert len(keys) == 13
    assert documents_until(date(2018, 3, 31))[-1].key == "2017-20.plan-prepared"
    assert documents_until(date(2018, 4, 1))[-1].key == "2017-20.annual-report-1"


@pytest.mark.parametrize("nasty", ["2020-" * 20_000, "report " * 15_000, "https://" + "[" * 100_000, "1" * 100_000])
def test_nasty_strings_are_refused_at_once(nasty: str) -> None:
    start = time.perf_counter()
    for column in COLUMNS.names:
        read_history_rows([SheetRow(2, {**GOOD, column: nasty})], TODAY)
    assert time.perf_counter() - start < 1
