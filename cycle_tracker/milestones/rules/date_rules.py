"""Date rules: an anchor and an offset, such as `period_start - 9 months` or `@plan-prepared + 14 days`.

Anchors are the first and last day of the period, the 31 March of each reporting year, and other milestones of the
template (`@key`), whose date counts once they are done.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from cycle_tracker.core.errors import TemplateError
from cycle_tracker.core.periods import YEARS_IN_PERIOD, Period

RULE = re.compile(r"(?P<anchor>@?[a-z][a-z0-9_-]*)(?:\s+(?P<sign>[+-])\s+(?P<count>\d+)\s+(?P<unit>day|week|month)s?)?")
CALENDAR_ANCHORS = frozenset(
    {"period_start", "period_end", *(f"year_{year}_end" for year in range(1, YEARS_IN_PERIOD + 1))}
)


@dataclass(frozen=True)
class DateRule:
    """An anchor and a signed offset. Months end where the calendar does: 31 March + 3 months is 30 June."""

    anchor: str
    days: int = 0
    months: int = 0

    @classmethod
    def parse(cls, text: str) -> "DateRule":
        """Read a rule as it stands in a template. Raises TemplateError for what is no rule."""
        found = RULE.fullmatch(text.strip())
        if not found or not (found["anchor"] in CALENDAR_ANCHORS or found["anchor"].startswith("@")):
            raise TemplateError(f"“{text}” is not a date rule")
        count = int(found["count"] or 0) * (-1 if found["sign"] == "-" else 1)
        if found["unit"] == "month":
            return cls(found["anchor"], months=count)
        return cls(found["anchor"], days=count * (7 if found["unit"] == "week" else 1))

    @property
    def follows(self) -> str | None:
        """The template key of the milestone that the rule hangs on, if it hangs on one."""
        return self.anchor.removeprefix("@") if self.anchor.startswith("@") else None

    def on(self, period: Period, done: Mapping[str, date] | None = None) -> date | None:
        """The day that the rule gives in a period; None while the milestone that it hangs on is unfinished.

        `done` holds the days on which other milestones of the template were done, by their key.
        """
        start = (done or {}).get(self.follows) if self.follows else _calendar_anchor(self.anchor, period)
        return start + relativedelta(months=self.months, days=self.days) if start else None


def _calendar_anchor(anchor: str, period: Period) -> date:
    if anchor == "period_start":
        return period.start
    if anchor == "period_end":
        return period.end
    return period.year_end(int(anchor.removeprefix("year_").removesuffix("_end")))
