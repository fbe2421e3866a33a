"""How often somebody wants their mail."""

from dataclasses import dataclass
from enum import StrEnum


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
