"""Which periods have their plan and annual reports from the rules alone."""

from datetime import date

import pytest

from cycle_tracker.cycles.rules.core_documents import core_periods


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2017, 4, 1), "2017-20"),
        (date(2018, 9, 30), "2017-20"),
        (date(2018, 10, 1), "2020-23"),
        (date(2026, 4, 1), "2026-29"),
        (date(2027, 9, 30), "2026-29"),
        (date(2027, 10, 1), "2029-32"),
        (date(2029, 7, 2), "2029-32"),
        (date(2030, 10, 1), "2032-35"),
    ],
)
def test_a_period_has_its_documents_from_eighteen_months_before_it_begins(today: date, last: str) -> None:
    assert core_periods(today)[-1].name == last


def test_every_period_since_the_first_has_its_documents() -> None:
    assert [one.name for one in core_periods(date(2026, 12, 1))] == ["2017-20", "2020-23", "2023-26", "2026-29"]
