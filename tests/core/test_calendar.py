"""Scotland's working days, 2024 to 2027, written out."""

from datetime import date, timedelta

import pytest

from cycle_tracker.core.calendar import SCOTLAND, WorkingCalendar, bank_holiday

BANK_HOLIDAYS_ON_WEEKDAYS = [
    date(2024, 1, 1),
    date(2024, 1, 2),
    date(2024, 3, 29),
    date(2024, 5, 6),
    date(2024, 5, 27),
    date(2024, 8, 5),
    date(2024, 12, 2),  # St Andrew's Day fell on a Saturday
    date(2024, 12, 25),
    date(2024, 12, 26),
    date(2025, 1, 1),
    date(2025, 1, 2),
    date(2025, 4, 18),
    date(2025, 5, 5),
    date(2025, 5, 26),
    date(2025, 8, 4),
    date(2025, 12, 1),  # St Andrew's Day fell on a Sunday
    date(2025, 12, 25),
    date(2025, 12, 26),
    date(2026, 1, 1),
    date(2026, 1, 2),
    date(2026, 4, 3),
    date(2026, 5, 4),
    date(2026, 5, 25),
    date(2026, 6, 15),  # once, for the men's football team in the World Cup
    date(2026, 8, 3),
    date(2026, 11, 30),
    date(2026, 12, 25),
    date(2026, 12, 28),  # 26 December fell on a Saturday
    date(2027, 1, 1),
    date(2027, 1, 4),  # 2 January fell on a Saturday
    date(2027, 3, 26),
    date(2027, 5, 3),
    date(2027, 5, 31),
    date(2027, 8, 2),
    date(2027, 11, 30),
    date(2027, 12, 27),  # Christmas Day fell on a Saturday
    date(2027, 12, 28),
]


def test_bank_holidays_are_those_of_scotland() -> None:
    first = date(2024, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(2028, 1, 1) - first).days))
    assert [day for day in days if day.weekday() < 5 and not SCOTLAND.is_working_day(day)] == BANK_HOLIDAYS_ON_WEEKDAYS


@pytest.mark.parametrize(
    "day",
    [
        date(2024, 4, 1),
        date(2025, 4, 21),
        date(2026, 4, 6),
        date(2027, 3, 29),  # Easter Mondays
        date(2024, 8, 26),
        date(2026, 8, 31),  # England's last Monday of August
    ],
)
def test_a_holiday_of_england_alone_is_a_working_day(day: date) -> None:
    assert SCOTLAND.is_working_day(day)
    assert bank_holiday(day) is None


def test_no_saturday_or_sunday_is_a_working_day() -> None:
    first = date(2026, 1, 3)
    for number in range(0, 364, 7):
        assert not SCOTLAND.is_working_day(first + timedelta(days=number))
        assert not SCOTLAND.is_working_day(first + timedelta(days=number + 1))


def test_a_bank_holiday_has_a_name() -> None:
    assert bank_holiday(date(2026, 1, 2)) == "2nd January"


def test_days_move_over_weekends_and_holidays() -> None:
    assert SCOTLAND.on_or_before(date(2026, 4, 5)) == date(2026, 4, 2)
    assert SCOTLAND.on_or_after(date(2026, 4, 3)) == date(2026, 4, 6)
    assert SCOTLAND.on_or_after(date(2026, 12, 25)) == date(2026, 12, 29)
    assert SCOTLAND.on_or_before(date(2027, 1, 4)) == date(2026, 12, 31)
    assert SCOTLAND.on_or_before(date(2026, 6, 30)) == SCOTLAND.on_or_after(date(2026, 6, 30)) == date(2026, 6, 30)


def test_a_partnership_is_closed_on_its_closure_days_and_nobody_else_is() -> None:
    closed = WorkingCalendar.closed_on([date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)])
    assert not closed.is_working_day(date(2026, 12, 30))
    assert SCOTLAND.is_working_day(date(2026, 12, 30))
    assert closed.on_or_after(date(2026, 12, 25)) == date(2027, 1, 5)
    assert closed.on_or_before(date(2027, 1, 4)) == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("day", "count", "before"),
    [
        (date(2026, 8, 29), 10, date(2026, 8, 17)),  # a Saturday
        (date(2026, 8, 28), 10, date(2026, 8, 14)),
        (date(2026, 8, 10), 10, date(2026, 7, 24)),  # over 3 August
        (date(2026, 1, 5), 1, date(2025, 12, 31)),
        (date(2026, 6, 30), 0, date(2026, 6, 30)),
    ],
)
def test_working_days_are_counted_back_without_the_day_itself(day: date, count: int, before: date) -> None:
    assert SCOTLAND.working_days_before(day, count) == before


def test_closure_days_do_not_count_when_counting_back() -> None:
    closed = WorkingCalendar.closed_on([date(2026, 8, 24), date(2026, 8, 25)])
    assert closed.working_days_before(date(2026, 8, 29), 10) == date(2026, 8, 13)
