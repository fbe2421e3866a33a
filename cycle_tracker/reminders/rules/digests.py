"""When a person takes their mail, and what it holds."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from cycle_tracker.core.calendar import DAY, SCOTLAND
from cycle_tracker.core.preferences import Preference, Rhythm

DAYS_IN_WEEK = 7
# Items that one mail lists; the rest are a number and a link.
LISTED_AT_MOST = 50


class Waiting(Protocol):
    """What is asked of a notice that waits for a mail."""

    @property
    def due_on(self) -> date: ...
    @property
    def queued_on(self) -> date: ...


Line = TypeVar("Line", bound=Waiting)


def digest_day(preference: Preference, queued_on: date) -> date:
    """The day of the digest that a notice queued on this day belongs to: that day itself, or in the weekly rhythm the
    next chosen weekday, moved to the working day after it. A digest whose day was lost goes out at the next run."""
    if preference.rhythm is not Rhythm.WEEKLY:
        return queued_on
    chosen = queued_on - DAY * ((queued_on.weekday() - preference.weekday) % DAYS_IN_WEEK)
    moved = SCOTLAND.on_or_after(chosen)
    return moved if moved >= queued_on else SCOTLAND.on_or_after(chosen + DAY * DAYS_IN_WEEK)


def belongs_in_digest(preference: Preference, *, past_its_date: bool) -> bool:
    """True where an ordinary notice is wanted at all under this preference."""
    return past_its_date or preference.rhythm is not Rhythm.ONLY_LATE


def digest_of_today(lines: Iterable[Line], preference: Preference, today: date) -> list[Line]:
    """What today's digest holds: all that waits and is wanted, once the day of any of it has come; else nothing."""
    wanted = [line for line in lines if belongs_in_digest(preference, past_its_date=line.due_on < today)]
    return wanted if any(digest_day(preference, line.queued_on) <= today for line in wanted) else []
