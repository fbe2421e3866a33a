"""Scotland's working days, with the further days on which a partnership is closed and the bank holidays it works on.

Dates in law stay calendar dates: only the days on which people are told move to working days.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

DAY = timedelta(days=1)
# For the names of the library, those of the Banking and Financial Dealings Act 1971, Schedule 1, and of proclamations.
OFFICIAL_NAMES = {
    "New Year's Day": "New Year’s Day",
    "New Year Holiday": "2nd January",
    "May Day": "Early May bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "Summer Bank Holiday": "Summer bank holiday",
    "Saint Andrew's Day": "St Andrew’s Day",
    "Platinum Jubilee of Elizabeth II": "Platinum Jubilee bank holiday",
    "State Funeral of Queen Elizabeth II": "Bank holiday for the State Funeral of Queen Elizabeth II",
    "Coronation of Charles III": "Bank holiday for the coronation of King Charles III",
    "Scotland's participation in the FIFA World Cup final": "World Cup bank holiday",
}
OBSERVED = " (observed)"
SATURDAY = 5


@lru_cache(maxsize=1)
def _scotland() -> "HolidayBase":
    """Scotland's own list: 2 January, St Andrew's Day and the first Monday of August; no Easter Monday.

    The library's file for the United Kingdom is loaded by its path. Imported by its name it would bring every country
    of the world with it: about 100 ms and 8 MB, 4% of the processor time of the whole job (P0).
    """
    import holidays  # not at the top: sending asks for no day, and does without these 80 ms (3% of P0)

    path = Path(holidays.__file__).parent / "countries" / "united_kingdom.py"
    spec = spec_from_file_location("holidays_of_the_united_kingdom", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    scotland: HolidayBase = module.UnitedKingdom(subdiv="SCT")
    return scotland


@lru_cache(maxsize=4096)
def bank_holiday(day: date) -> str | None:
    """The official name of the Scottish bank holiday on `day`, or None.

    Where 2 January is the substitute for New Year's Day, that is its name: its own substitute is the day after.
    """
    found = _scotland().get(day)
    if not found:
        return None
    names = str(found).split("; ")
    name = next((one for one in names if one.endswith(OBSERVED)), names[0])
    official = name.removesuffix(OBSERVED)
    substitute = " (substitute day)" if name.endswith(OBSERVED) else ""
    return OFFICIAL_NAMES.get(official, official) + substitute


def bank_holidays(first: date, last: date) -> list[date]:
    """The bank holidays from Monday to Friday between two days, both counted."""
    days = (first + DAY * number for number in range((last - first).days + 1))
    return [day for day in days if day.weekday() < SATURDAY and bank_holiday(day) is not None]


@dataclass(frozen=True)
class WorkingCalendar:
    """Working days: Monday to Friday, no Scottish bank holiday but those that are `worked`, no closure day."""

    closed: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    @classmethod
    def closed_on(cls, days: Iterable[date], *, worked: Iterable[date] = ()) -> "WorkingCalendar":
        """Scotland's working days less `days`, and with the bank holidays that are `worked`."""
        return cls(frozenset(days), frozenset(worked))

    def is_working_day(self, day: date) -> bool:
        """True where people are at work on `day`."""
        return _is_working_day(self.closed, self.worked, day)

    def on_or_before(self, day: date) -> date:
        """`day` itself, or the last working day before it."""
        return _nearest_working_day(self.closed, self.worked, day, -1)

    def on_or_after(self, day: date) -> date:
        """`day` itself, or the first working day after it."""
        return _nearest_working_day(self.closed, self.worked, day, 1)

    def working_days_before(self, day: date, count: int) -> date:
        """The `count`th working day before `day`, not counting `day` itself."""
        for _ in range(count):
            day = self.on_or_before(day - DAY)
        return day

    def working_days_after(self, day: date, count: int) -> date:
        """The `count`th working day after `day`, not counting `day` itself."""
        for _ in range(count):
            day = self.on_or_after(day + DAY)
        return day


def _is_working_day(closed: frozenset[date], worked: frozenset[date], day: date) -> bool:
    return day.weekday() < SATURDAY and day not in closed and (day in worked or bank_holiday(day) is None)


@lru_cache(maxsize=16384)
def _nearest_working_day(closed: frozenset[date], worked: frozenset[date], day: date, direction: int) -> date:
    """Kept, because every milestone of a sweep asks about the same few hundred days."""
    while not _is_working_day(closed, worked, day):
        day += direction * DAY
    return day


# The working days that apply everywhere, without the closure days of any partnership.
SCOTLAND = WorkingCalendar()
