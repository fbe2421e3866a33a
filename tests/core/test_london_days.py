"""A due day is a day in London (F14): 5,000 random pairs of a date and an instant, against an oracle of ten lines."""

import random
from datetime import UTC, date, datetime, timedelta

from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import DueState, due_state
from cycle_tracker.core.lifecycle import State

PAIRS = 5_000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def last_sunday(year: int, month: int) -> datetime:
    """One o'clock UTC on the last Sunday of a month with 31 days: when the clocks change, by the law of 1972 as it
    stands since 2002."""
    last = date(year, month, 31)
    return datetime(year, month, 31 - (last.weekday() + 1) % 7, 1, tzinfo=UTC)


def expected(due_on: date, now: datetime) -> DueState:
    """The oracle: it knows neither time zones nor the rules."""
    is_summer = last_sunday(now.year, 3) <= now < last_sunday(now.year, 10)
    today = (now + timedelta(hours=1 if is_summer else 0)).date()
    if due_on < today:
        return DueState.OVERDUE
    if due_on == today:
        return DueState.DUE_TODAY
    return DueState.DUE_SOON if (due_on - today).days <= 14 else DueState.NOT_DUE


def test_overdue_begins_at_midnight_in_london_on_every_day_of_two_years() -> None:
    drawn = random.Random(2027)
    for _ in range(PAIRS):
        now = FIRST + timedelta(seconds=drawn.randrange(2 * 365 * 86_400))
        if drawn.random() < 0.2:
            change = last_sunday(drawn.choice((2026, 2027)), drawn.choice((3, 10)))
            now = change + timedelta(seconds=drawn.randrange(-90_000, 90_000))
        due_on = (now + timedelta(hours=drawn.choice((-400, -25, -2, -1, 0, 1, 2, 25, 400)))).date()
        found = due_state(due_on, State.NOT_STARTED, None, london_day(now))
        assert found is expected(due_on, now), (due_on, now)
