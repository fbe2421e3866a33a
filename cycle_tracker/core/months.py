"""A month as a calendar shows it: whole weeks from Monday."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.errors import RuleBroken

NAME = re.compile(r"(20\d{2})-(\d{2})")
# The 2014 Act, and as far ahead as a date of a cycle may lie with a month to spare.
FIRST_YEAR, LAST_YEAR = 2014, 2098
WEEK = timedelta(days=7)


@dataclass(frozen=True, order=True)
class Month:
    """One month, told by its first day."""

    start: date

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month in which a day falls."""
        return cls(day.replace(day=1))

    @classmethod
    def named(cls, name: str) -> "Month":
        """The month of a name such as `2026-07`. Raises RuleBroken for any other text, and beyond the years shown.

        >>> Month.named("2026-07").label
        'July 2026'
        """
        found = NAME.fullmatch(name)
        if not found or not name.isascii():
            raise RuleBroken(f"“{name[:20]}” is not a month")
        year, month = int(found[1]), int(found[2])
        if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
            raise RuleBroken(f"“{name}” is not a month that is shown")
        return cls(date(year, month, 1))

    @property
    def name(self) -> str:
        """As in addresses: `2026-07`."""
        return f"{self.start:%Y-%m}"

    @property
    def label(self) -> str:
        """As on pages: `July 2026`."""
        return f"{self.start:%B %Y}"

    def next(self) -> "Month":
        """The month after this one."""
        return Month.of(self.start + 31 * DAY)

    def before(self) -> "Month":
        """The month before this one."""
        return Month.of(self.start - DAY)

    @property
    def is_shown(self) -> bool:
        """True within the years that a calendar goes through."""
        return FIRST_YEAR <= self.start.year <= LAST_YEAR

    def weeks(self) -> list[list[date]]:
        """Its weeks from Monday to Sunday, with the days of its neighbours that fill the first and the last.

        >>> [str(week[0]) for week in Month.named("2026-07").weeks()]
        ['2026-06-29', '2026-07-06', '2026-07-13', '2026-07-20', '2026-07-27']
        """
        monday = self.start - self.start.weekday() * DAY
        weeks = []
        while monday < self.next().start:
            weeks.append([monday + number * DAY for number in range(7)])
            monday += WEEK
        return weeks
