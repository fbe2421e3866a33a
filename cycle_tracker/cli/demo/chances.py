"""Chance that always falls the same way, and the days and hours on which people do things."""

from datetime import date, datetime, time, timedelta
from hashlib import sha256

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.clock import LONDON

OFFICE_OPENS = time(9, 5)
OFFICE_MINUTES = 7 * 60


def lot(count: int, *names: str) -> int:
    """A number from 0 to `count` - 1, always the same for the same names."""
    return int.from_bytes(sha256("/".join(names).encode()).digest()[:6]) % count


def one_in(count: int, *names: str) -> bool:
    """True for about one in `count` of all names, always the same ones."""
    return lot(count, *names) == 0


def working_day(day: date) -> date:
    """`day`, or the last working day before it."""
    return SCOTLAND.on_or_before(day)


def clear_of_christmas(day: date) -> date:
    """`day`, or where nobody meets or publishes then, from 18 December to 8 January, the next working day after."""
    if (day.month, day.day) >= (12, 18):
        return SCOTLAND.on_or_after(date(day.year + 1, 1, 12))
    return SCOTLAND.on_or_after(date(day.year, 1, 12)) if (day.month, day.day) <= (1, 8) else day


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def in_office_hours(day: date, *names: str) -> datetime:
    """An instant of that day at which somebody sat at a desk in Scotland."""
    opens = datetime.combine(day, OFFICE_OPENS, tzinfo=LONDON)
    return opens + timedelta(minutes=lot(OFFICE_MINUTES, day.isoformat(), *names))
