"""The three-year periods and their reporting years."""

from datetime import date
from itertools import pairwise

import pytest

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import Stage
from cycle_tracker.core.periods import Period, reporting_year

PERIODS = {
    "2017-20": (date(2017, 4, 1), date(2020, 3, 31)),
    "2020-23": (date(2020, 4, 1), date(2023, 3, 31)),
    "2023-26": (date(2023, 4, 1), date(2026, 3, 31)),
    "2026-29": (date(2026, 4, 1), date(2029, 3, 31)),
    "2029-32": (date(2029, 4, 1), date(2032, 3, 31)),
}


@pytest.mark.parametrize(("name", "days"), list(PERIODS.items()))
def test_a_period_lasts_three_years_from_1_april(name: str, days: tuple[date, date]) -> None:
    period = Period.named(name)
    assert (period.start, period.end) == days
    assert period == Period.starting(days[0].year) == Period.containing(days[0]) == Period.containing(days[1])
    assert period.name == name
    assert period.label == name.replace("-", "–")


def test_the_first_months_of_a_year_are_of_the_period_of_the_year_before() -> None:
    assert Period.containing(date(2027, 1, 1)).name == Period.containing(date(2027, 3, 31)).name == "2026-29"
    assert Period.containing(date(2026, 3, 31)).name == "2023-26"


def test_each_period_follows_the_one_before() -> None:
    periods = [Period.named(name) for name in PERIODS]
    assert [period.next() for period in periods[:-1]] == periods[1:]
    assert all(one < other for one, other in pairwise(periods))


def test_reporting_years_end_on_31_march() -> None:
    period = Period.named("2026-29")
    assert [period.year_end(year) for year in (1, 2, 3)] == [
        date(2027, 3, 31),
        date(2028, 3, 31),
        date(2029, 3, 31),
    ]
    assert reporting_year(date(2027, 3, 31)) == "2026–27"
    assert reporting_year(date(2000, 3, 31)) == "1999–00"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2026",
        "2026-28",
        "2027-30",
        "2014-17",
        "2026–29",
        "2026-29 ",
        " 2026-29",
        "2026-2029",
        "26-29",
        "0000-03",
        "0001-04",
        "9999-02",
        "２０２６-２９",
        "2026-29\n",
    ],
)
def test_a_text_that_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(RuleBroken, match="plan period"):
        Period.named(name)


@pytest.mark.parametrize(
    "day", [date(2014, 4, 1), date(2018, 4, 1), date(2017, 4, 2), date(2017, 3, 31), date(2017, 1, 1)]
)
def test_no_period_starts_on_another_day(day: date) -> None:
    with pytest.raises(RuleBroken, match="plan period"):
        Period(day)


def test_no_period_holds_a_day_before_the_first() -> None:
    with pytest.raises(RuleBroken):
        Period.containing(date(2017, 3, 31))


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (date(2024, 10, 1), Stage.ANALYSE),
        (date(2025, 3, 31), Stage.ANALYSE),
        (date(2025, 4, 1), Stage.PLAN),
        (date(2026, 3, 31), Stage.PLAN),
        (date(2026, 4, 1), Stage.DO),
        (date(2029, 3, 31), Stage.DO),
        (date(2029, 4, 1), Stage.REVIEW),
    ],
)
def test_the_calendar_gives_the_stage(day: date, stage: Stage) -> None:
    assert Period.named("2026-29").stage_on(day) is stage
