"""When a person takes their mail."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.reminders.rules.digests import belongs_in_digest, digest_day, digest_of_today

MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4


@pytest.mark.parametrize("preference", [Preference(), Preference(Rhythm.ONLY_LATE, FRIDAY)])
def test_daily_and_only_late_are_the_day_itself(preference: Preference) -> None:
    for number in range(14):
        day = date(2026, 6, 1) + timedelta(days=number)
        assert digest_day(preference, day) == day


@pytest.mark.parametrize(
    ("weekday", "queued_on", "expected"),
    [
        (MONDAY, date(2026, 6, 8), date(2026, 6, 8)),
        (MONDAY, date(2026, 6, 9), date(2026, 6, 16)),  # 15 June is a bank holiday
        (MONDAY, date(2026, 6, 16), date(2026, 6, 16)),
        (MONDAY, date(2026, 6, 17), date(2026, 6, 22)),
        (WEDNESDAY, date(2026, 6, 16), date(2026, 6, 17)),
        (FRIDAY, date(2026, 4, 1), date(2026, 4, 6)),  # Good Friday, then Easter Monday, a working day here
        (FRIDAY, date(2026, 4, 6), date(2026, 4, 6)),
        (FRIDAY, date(2026, 4, 7), date(2026, 4, 10)),
        (FRIDAY, date(2026, 12, 24), date(2026, 12, 29)),  # 28 December is a substitute day
        (FRIDAY, date(2026, 12, 30), date(2027, 1, 5)),
    ],
)
def test_a_weekly_digest_moves_from_a_bank_holiday_to_the_next_working_day(
    weekday: int, queued_on: date, expected: date
) -> None:
    assert digest_day(Preference(Rhythm.WEEKLY, weekday), queued_on) == expected


@pytest.mark.parametrize("weekday", range(5))
def test_a_weekly_digest_is_on_a_working_day_and_never_long_to_wait_for(weekday: int) -> None:
    for number in range(800):
        queued_on = date(2025, 12, 1) + timedelta(days=number)
        day = digest_day(Preference(Rhythm.WEEKLY, weekday), queued_on)
        assert SCOTLAND.is_working_day(day)
        assert queued_on <= day <= queued_on + timedelta(days=12)
        assert digest_day(Preference(Rhythm.WEEKLY, weekday), day) == day


def test_only_late_leaves_out_what_is_still_to_come() -> None:
    only_late = Preference(Rhythm.ONLY_LATE)
    assert belongs_in_digest(only_late, past_its_date=True)
    assert not belongs_in_digest(only_late, past_its_date=False)
    for rhythm in (Rhythm.DAILY, Rhythm.WEEKLY):
        assert belongs_in_digest(Preference(rhythm), past_its_date=False)
        assert belongs_in_digest(Preference(rhythm), past_its_date=True)


@dataclass(frozen=True)
class Waits:
    """A notice that waits for a mail."""

    due_on: date
    queued_on: date


def test_today_has_all_that_is_wanted_once_the_day_of_any_of_it_has_come() -> None:
    today = date(2026, 6, 10)
    due = [Waits(today + timedelta(days=number), today - timedelta(days=1)) for number in (-1, 0, 1)]
    assert digest_of_today(due, Preference(), today) == due
    assert digest_of_today(due, Preference(Rhythm.ONLY_LATE), today) == due[:1]
    assert digest_of_today(due[1:], Preference(Rhythm.ONLY_LATE), today) == []
    on_friday = Preference(Rhythm.WEEKLY, FRIDAY)
    assert digest_of_today(due, on_friday, today) == []
    assert digest_of_today(due, on_friday, date(2026, 6, 12)) == due
    lost = Waits(today, date(2026, 6, 4))
    assert digest_of_today([*due, lost], on_friday, today) == [*due, lost]
