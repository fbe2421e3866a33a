"""The three-year plan periods and their one-year reporting periods.

The first period began on 1 April 2017 (Specified Date Order, SSI 2016/255); each lasts three years
(Children and Young People (Scotland) Act 2014, s.8) and each reporting year ends on 31 March (guidance 2020, para 124).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import Stage

FIRST_START = date(2017, 4, 1)
YEARS_IN_PERIOD = 3
NAME = re.compile(r"(2\d{3})-(\d{2})")


@dataclass(frozen=True, order=True)
class Period:
    """One plan period, told by its first day."""

    start: date

    def __post_init__(self) -> None:
        years = self.start.year - FIRST_START.year
        if (self.start.month, self.start.day) != (4, 1) or years < 0 or years % YEARS_IN_PERIOD:
            raise RuleBroken(f"No plan period starts on {self.start:%-d %B %Y}")

    @classmethod
    def starting(cls, year: int) -> "Period":
        """The period that starts on 1 April of `year`. Raises RuleBroken where none does."""
        return cls(date(year, 4, 1))

    @classmethod
    def named(cls, name: str) -> "Period":
        """The period of a name such as `2026-29`. Raises RuleBroken for any other text."""
        found = NAME.fullmatch(name)
        if not found or cls.starting(int(found[1])).name != name:
            raise RuleBroken(f"“{name}” is not a plan period")
        return cls.starting(int(found[1]))

    @classmethod
    def containing(cls, day: date) -> "Period":
        """The period in which `day` falls. Raises RuleBroken before the first period."""
        year = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
        return cls.starting(year - (year - FIRST_START.year) % YEARS_IN_PERIOD)

    @property
    def name(self) -> str:
        """As in keys and addresses: `2026-29`."""
        return f"{self.start.year}-{(self.start.year + YEARS_IN_PERIOD) % 100:02d}"

    @property
    def label(self) -> str:
        """As on pages: `2026–29`."""
        return self.name.replace("-", "–")

    @property
    def end(self) -> date:
        """The last day, a 31 March."""
        return self.year_end(YEARS_IN_PERIOD)

    def year_end(self, year: int) -> date:
        """The 31 March on which reporting year 1, 2 or 3 ends: the start, plus `year` years, less one day."""
        return self.start.replace(year=self.start.year + year) - timedelta(days=1)

    def next(self) -> "Period":
        """The period after this one."""
        return Period.starting(self.start.year + YEARS_IN_PERIOD)

    def stage_on(self, day: date) -> Stage | None:
        """The stage that the calendar puts a cycle in: analysing to a year before the period starts, planning
        to its start, doing to its end, and reviewing until the last report's year is over."""
        if day < self.start.replace(year=self.start.year - 1):
            return Stage.ANALYSE
        if day < self.start:
            return Stage.PLAN
        return Stage.DO if day <= self.end else Stage.REVIEW


def reporting_year(year_end: date) -> str:
    """The name of the year that ended on `year_end`: `2025–26`."""
    return f"{year_end.year - 1}–{year_end.year % 100:02d}"
