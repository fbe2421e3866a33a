"""Dates as people write them."""

from datetime import date

import pytest

from cycle_tracker.core.written_dates import EXAMPLE, read_date

LAST_OF_JUNE = date(2026, 6, 30)


@pytest.mark.parametrize(
    "written",
    [
        "30/6/2026",
        "30/06/26",
        "30.6.2026",
        "30 6 2026",
        "30-6-2026",
        "30 June 2026",
        "30 june 26",
        "30 Jun 2026",
        "30th June, 2026",
        "2026-06-30",
        "  30 / 6 / 2026 ",
    ],
)
def test_a_date_is_read_however_it_is_written(written: str) -> None:
    assert read_date(written) == LAST_OF_JUNE


def test_september_may_be_cut_short() -> None:
    assert read_date("1 Sept 2026") == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("31 6 2026", "31 June 2026 is not a real date"),
        ("29 February 2027", "29 February 2027 is not a real date"),
        ("30 13 2026", "30 13 2026 is not a real date"),
        ("0/6/2026", "0 June 2026 is not a real date"),
        ("1/1/0000", "1 January 0 is not a real date"),
    ],
)
def test_a_day_that_cannot_be_is_named(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        read_date(written)


@pytest.mark.parametrize(
    "written",
    ["soon", "30 6", "30 Juni 2026", "6/2026", "30/6/202", "٣٠/٦/٢٠٢٦", "30 6 2026 or so", "9" * 100_000, "\x00"],
)
def test_what_is_no_date_is_answered_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match=EXAMPLE):
        read_date(written)
