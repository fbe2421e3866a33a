"""When a person takes their mail."""

from datetime import date, timedelta

import pytest

from cycle_tracker.domain.calendar import SCOTLAND
from cycle_tracker.domain.digests import Preference, Rhythm, belongs_in_digest, is_digest_day

MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4


def test_daily_and_only_late_are_every_day() -> None:
    for number in range(14):
        day = date(2026, 6, 1) + timedelta(days=number)
        assert is_digest_day(Preference(), day)
        assert is_digest_day(Preference(Rhythm.ONLY_LATE, FRIDAY), day)


@pytest.mark.parametrize(
    ("weekday", "day", "expected"),
    [
        (MONDAY, date(2026, 6, 8), True),
        (MONDAY, date(2026, 6, 9), False),
        (MONDAY, date(2026, 6, 15), False),  # a bank holiday
        (MONDAY, date(2026, 6, 16), True),
        (MONDAY, date(2026, 6, 17), False),
        (WEDNESDAY, date(2026, 6, 17), True),
        (FRIDAY, date(2026, 4, 3), False),  # Good Friday
        (FRIDAY, date(2026, 4, 6), True),  # Easter Monday, a working day here
        (FRIDAY, date(2026, 4, 7), False),
        (FRIDAY, date(2026, 12, 25), False),
        (FRIDAY, date(2026, 12, 28), False),  # a substitute day
        (FRIDAY, date(2026, 12, 29), True),
        (FRIDAY, date(2027, 1, 1), False),
        (FRIDAY, date(2027, 1, 5), True),
    ],
)
def test_a_weekly_digest_moves_from_a_bank_holiday_to_the_next_working_day(
    weekday: int, day: date, expected: bool
) -> None:
    assert is_digest_day(Preference(Rhythm.WEEKLY, weekday), day) is expected


@pytest.mark.parametrize("weekday", range(5))
def test_every_week_has_exactly_one_weekly_digest_and_on_a_working_day(weekday: int) -> None:
    monday = date(2025, 12, 1)
    chosen = [monday + timedelta(days=weekday, weeks=week) for week in range(110)]
    every_day = (monday + timedelta(days=number) for number in range(7 * 110))
    digests = [day for day in every_day if is_digest_day(Preference(Rhythm.WEEKLY, weekday), day)]
    wanted = [SCOTLAND.on_or_after(day) for day in chosen]
    assert digests[-100:] == [day for day in wanted if day < monday + timedelta(days=7 * 110)][-100:]
    assert all(SCOTLAND.is_working_day(day) for day in digests)


def test_only_late_leaves_out_what_is_still_to_come() -> None:
    only_late = Preference(Rhythm.ONLY_LATE)
    assert belongs_in_digest(only_late, past_its_date=True)
    assert not belongs_in_digest(only_late, past_its_date=False)
    for rhythm in (Rhythm.DAILY, Rhythm.WEEKLY):
        assert belongs_in_digest(Preference(rhythm), past_its_date=False)
        assert belongs_in_digest(Preference(rhythm), past_its_date=True)
