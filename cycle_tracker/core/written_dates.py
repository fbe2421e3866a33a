"""A day as people in the United Kingdom write it: day, month, year. ISO dates are read too."""

import re
from datetime import date

from cycle_tracker.core.lines import one_line

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
LONGEST_DATE = 30
EXAMPLE = "Enter a date, for example 30 6 2026"

DAY_FIRST = re.compile(
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[\s/.,-]+(?P<month>[0-9]{1,2}|[a-z]{3,9})[\s/.,-]+(?P<year>[0-9]{4}|[0-9]{2})"
)
YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")


def read_date(text: str) -> date:
    """The day that a person wrote. Raises ValueError, in words for them, for what is none.

    >>> read_date("30 6 26")
    datetime.date(2026, 6, 30)
    """
    written = one_line(text).lower()
    found = len(written) <= LONGEST_DATE and (DAY_FIRST.fullmatch(written) or YEAR_FIRST.fullmatch(written))
    if not found:
        raise ValueError(EXAMPLE)
    month = _month(found["month"])
    if month is None:
        raise ValueError(EXAMPLE)
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    try:
        return date(year, month, int(found["day"]))
    except ValueError as error:
        raise ValueError(_not_real(int(found["day"]), month, year)) from error


def _month(text: str) -> int | None:
    """The number of a month by its number, its name or the first letters of it."""
    if text.isdigit():
        return int(text)
    return next((number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(text)), None)


def _not_real(day: int, month: int, year: int) -> str:
    name = MONTHS[month - 1] if 1 <= month <= len(MONTHS) else str(month)
    return f"{day} {name} {year} is not a real date"
