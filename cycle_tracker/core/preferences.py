"""How often somebody wants their mail."""

from dataclasses import dataclass
from enum import StrEnum


class Rhythm(StrEnum):
    """How often a person wants their ordinary notices."""

    STANDARD = "standard"
    DAILY = "daily"
    WEEKLY = "weekly"
    ONLY_LATE = "only-late"


@dataclass(frozen=True)
class Preference:
    """A person's choice. `weekday` counts from Monday, 0: the day of the weekly rhythm, and in the standard rhythm the
    list day, on which what can wait comes together."""

    rhythm: Rhythm = Rhythm.STANDARD
    weekday: int = 0


# Contacts have no account and choose nothing: each of their emails asks them something.
OF_CONTACTS = Preference(Rhythm.DAILY)
