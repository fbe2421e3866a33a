"""The only place where the clock is read. Instants are aware and in UTC; days are London days."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import config

LONDON = ZoneInfo(config.TIME_ZONE)


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in London."""
    return london_day(now())


def london_day(instant: datetime) -> date:
    """The London date on which an instant falls."""
    return instant.astimezone(LONDON).date()


def london_time(instant: datetime) -> datetime:
    """An instant as London clocks show it."""
    return instant.astimezone(LONDON)
