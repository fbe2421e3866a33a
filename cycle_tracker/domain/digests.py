"""When a person takes their mail, and what it holds."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cycle_tracker.domain.calendar import DAY, SCOTLAND

LISTED_AT_MOST = 50
"""Items that one mail lists; the rest are a number and a link."""


class Rhythm(StrEnum):
    """How often a person wants their ordinary notices."""

    DAILY = "daily"
    WEEKLY = "weekly"
    ONLY_LATE = "only-late"


@dataclass(frozen=True)
class Preference:
    """A person's choice. `weekday` counts from Monday, 0, and holds for the weekly rhythm."""

    rhythm: Rhythm = Rhythm.DAILY
    weekday: int = 0


def is_digest_day(preference: Preference, today: date) -> bool:
    """True where the digest goes out today: any day, or the chosen weekday, moved to the next working day."""
    if preference.rhythm is not Rhythm.WEEKLY:
        return True
    chosen = today - DAY * ((today.weekday() - preference.weekday) % 7)
    return SCOTLAND.on_or_after(chosen) == today


def belongs_in_digest(preference: Preference, *, past_its_date: bool) -> bool:
    """True where an ordinary notice is wanted at all under this preference."""
    return past_its_date or preference.rhythm is not Rhythm.ONLY_LATE
