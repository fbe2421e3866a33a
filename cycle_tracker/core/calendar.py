"""Scotland's working days, with the further days on which a partnership is closed.

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
    """The name of the Scottish bank holiday on `day`, or None."""
    name = _scotland().get(day)
    return str(name) if name else None


@dataclass(frozen=True)
class WorkingCalendar:
    """Working days: Monday to Friday, no Scottish bank holiday, no closure day of the partnership."""

    closed: frozenset[date] = frozenset()

    @classmethod
    def closed_on(cls, days: Iterable[date]) -> "WorkingCalendar":
        """Scotland's working days less `days`."""
        return cls(frozenset(days))

    def is_working_day(self, day: date) -> bool:
        """True where people are at work on `day`."""
        return _is_working_day(self.closed, day)

    def on_or_before(self, day: date) -> date:
        """`day` itself, or the last working day before it."""
        return _nearest_working_day(self.closed, day, -1)

    def on_or_after(self, day: date) -> date:
        """`day` itself, or the first working day after it."""
        return _nearest_working_day(self.closed, day, 1)

    def working_days_before(self, day: date, count: int) -> date:
        """The `count`th working day before `day`, not counting `day` itself."""
        for _ in range(count):
            day = self.on_or_before(day - DAY)
        return day


def _is_working_day(closed: frozenset[date], day: date) -> bool:
    return day.weekday() < SATURDAY and day not in closed and bank_holiday(day) is None


@lru_cache(maxsize=16384)
def _nearest_working_day(closed: frozenset[date], day: date, direction: int) -> date:
    """Kept, because every milestone of a sweep asks about the same few hundred days."""
    while not _is_working_day(closed, day):
        day += direction * DAY
    return day


# The working days that apply everywhere, without the closure days of any partnership.
SCOTLAND = WorkingCalendar()
