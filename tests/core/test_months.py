"""Months as a calendar shows them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.months import FIRST_YEAR, LAST_YEAR, Month

DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


@given(DAYS)
def test_the_weeks_of_a_month_begin_on_mondays_and_hold_each_of_its_days_once(day: date) -> None:
    month = Month.of(day)
    days = [one for week in month.weeks() for one in week]
    assert all(week[0].weekday() == 0 and len(week) == 7 for week in month.weeks())
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert [one for one in days if Month.of(one) == month][0] == month.start
    assert month.next().start - timedelta(days=1) in days
    assert 28 <= len(days) <= 42


@given(DAYS)
def test_a_month_is_found_again_by_its_name_and_through_its_neighbours(day: date) -> None:
    month = Month.of(day)
    assert Month.named(month.name) == month
    assert month.next().before() == month
    assert month.before().next() == month


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "2026-7",
        "1999-07",
        "2013-12",
        "2099-01",
        "2026-07-01",
        "２０２６-07",
        "x" * 999,
    ],
)
def test_what_is_no_month_is_refused_in_words(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        Month.named(text)
    assert "month" in refused.value.message
    assert len(refused.value.message) < 80


def test_the_first_and_the_last_month_have_no_further_neighbours() -> None:
    assert not Month.named(f"{FIRST_YEAR}-01").before().is_shown
    assert not Month.named(f"{LAST_YEAR}-12").next().is_shown
