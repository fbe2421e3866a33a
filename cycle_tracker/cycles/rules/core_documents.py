"""Which plan periods have their core documents, the plan and the annual reports, without anybody's doing."""

from datetime import date

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.periods import FIRST_START, YEARS_IN_PERIOD, Period

# Eighteen months before the first day of a period, a 1 April, is the 1 October of the year but one before it.
AHEAD_YEARS, AHEAD_MONTH = 2, 10


def ensure_near(day: date, today: date) -> None:
    """Raises RuleBroken for a day that lies further ahead of today than a plan period: what is made is never removed,
    and a day that was mistyped would make the documents of decades."""
    if day.year > today.year + YEARS_IN_PERIOD:
        raise RuleBroken(f"The year can be up to {today.year + YEARS_IN_PERIOD}.")


def core_periods(today: date) -> list[Period]:
    """Every plan period from the first to the one that begins within eighteen months, the oldest first."""
    found = [Period(FIRST_START)]
    while _is_ahead(found[-1].next(), today):
        found.append(found[-1].next())
    return found


def _is_ahead(period: Period, today: date) -> bool:
    return date(period.start.year - AHEAD_YEARS, AHEAD_MONTH, 1) <= today
