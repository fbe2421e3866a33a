"""Which notices should be there, which days were missed, and whether several processes run the jobs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.core.clock import london_time
from cycle_tracker.jobs.rules import missed_days, notices_day, processes_at_once
from tests.core.test_calendar import BANK_HOLIDAYS_ON_WEEKDAYS

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 7, 3, 6, 14, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 7, 3, 6, 15, tzinfo=UTC), date(2026, 7, 3)),
        (datetime(2026, 1, 5, 7, 14, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2026, 1, 5, 7, 15, tzinfo=UTC), date(2026, 1, 5)),
        (datetime(2026, 7, 5, 12, 0, tzinfo=UTC), date(2026, 7, 3)),
    ],
)
def test_notices_should_be_there_for_the_last_working_day_from_a_quarter_past_seven(now: datetime, day: date) -> None:
    assert notices_day(london_time(now)) == day


@pytest.mark.parametrize(
    ("ran_for", "last", "today", "missed"),
    [
        ([], date(2026, 7, 1), date(2026, 7, 2), []),
        ([], date(2026, 7, 1), date(2026, 7, 1), []),
        ([], date(2026, 6, 26), date(2026, 7, 2), [date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1)]),
        ([date(2026, 6, 30)], date(2026, 6, 26), date(2026, 7, 2), [date(2026, 6, 29), date(2026, 7, 1)]),
        ([], date(2025, 12, 24), date(2026, 1, 6), [date(2025, 12, day) for day in (29, 30, 31)] + [date(2026, 1, 5)]),
    ],
)
def test_working_days_without_a_run_were_missed(
    ran_for: list[date], last: date, today: date, missed: list[date]
) -> None:
    assert missed_days(ran_for, last, today) == missed


@given(st.dates(date(2024, 1, 1), date(2026, 12, 1)), st.integers(0, 300))
def test_missed_days_are_working_days_of_the_last_thirty(last: date, away: int) -> None:
    today = last + DAY * away
    missed = missed_days([], last, today)
    assert missed == [
        day
        for day in (today - DAY * number for number in range(30, 0, -1))
        if day > last and day.weekday() < 5 and day not in BANK_HOLIDAYS_ON_WEEKDAYS
    ]


@pytest.mark.parametrize(
    ("holders", "several"),
    [
        ([], []),
        (["a", "a", "a"], []),
        (["a", "a", "b", "b"], []),  # a restart
        (["a", "b", "a"], []),  # one run by hand
        (["a", "b", "c", "d"], []),  # cron: a process for each run
        (["a", "b", "a", "b"], ["a", "b"]),
        (["a", "b", "b", "a"], ["a", "b"]),
        (["a", "x", "a", "y", "a"], ["a", "x", "y"]),  # a scheduler, and cron
    ],
)
def test_processes_that_take_turns_run_the_jobs_at_once(holders: list[str], several: list[str]) -> None:
    assert processes_at_once(holders) == several
