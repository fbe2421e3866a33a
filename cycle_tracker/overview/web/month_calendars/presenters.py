"""A month in words: its weeks from Monday, what is due on each day, and on which days people are not at work."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.calendar import bank_holiday
from cycle_tracker.core.months import Month
from cycle_tracker.documents.web.lines import MilestoneRow
from cycle_tracker.partnerships.queries.closure_days import DayApart

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PER_DAY = 6


@dataclass(frozen=True)
class DayEntry:
    """One milestone on its day."""

    title: str
    address: str
    place: str
    status: str
    colour: str


@dataclass(frozen=True)
class CalendarDay:
    """One day: `closed` says why people are not at work, `more` how many milestones are not shown, and where."""

    day: date
    in_month: bool
    is_today: bool
    closed: str
    entries: list[DayEntry]
    more: str = ""
    more_address: str = ""

    @property
    def stamp(self) -> str:
        """As machines read it."""
        return self.day.isoformat()

    @property
    def label(self) -> str:
        """In full, as a phone shows it: `Tuesday 30 June`."""
        return f"{self.day:%A %-d %B}"


@dataclass(frozen=True)
class MonthPage:
    """One month, its weeks, and the ways on."""

    month: Month
    weeks: list[list[CalendarDay]]
    number: int
    before: Month | None
    after: Month | None


def month_page(
    month: Month,
    lines: Sequence[MilestoneRow],
    numbers: Mapping[date, int],
    closures: Iterable[DayApart],
    today: date,
    *,
    several: bool,
    list_of_day: Callable[[date], str],
) -> MonthPage:
    """A month with at most PER_DAY milestones on each day; `several` names the partnership beside each."""
    due: dict[date, list[MilestoneRow]] = defaultdict(list)
    for line in lines:
        if line.dates.due_on is not None:
            due[line.dates.due_on].append(line)
    closed: dict[date, list[str]] = defaultdict(list)
    for apart in closures:
        closed[apart.day].append(_closure(apart, apart.partnership if several else None))

    def day_of(day: date) -> CalendarDay:
        more = numbers.get(day, 0) - len(due[day])
        return CalendarDay(
            day=day,
            in_month=Month.of(day) == month,
            is_today=day == today,
            closed="; ".join([*filter(None, [_holiday(day)]), *dict.fromkeys(closed[day])]),
            entries=[_entry(line, several=several) for line in due[day]],
            more=f"and {more:,} more" if more > 0 else "",
            more_address=list_of_day(day) if more > 0 else "",
        )

    weeks = [[day_of(day) for day in week] for week in month.weeks()]
    return MonthPage(
        month=month,
        weeks=weeks,
        number=sum(number for day, number in numbers.items() if Month.of(day) == month),
        before=month.before() if month.before().is_shown else None,
        after=month.next() if month.next().is_shown else None,
    )


def _entry(line: MilestoneRow, *, several: bool) -> DayEntry:
    return DayEntry(
        title=line.title,
        address=line.address,
        place=line.partnership if several else "",
        status=line.label,
        colour=line.status.colour if line.status else "grey",
    )


def _holiday(day: date) -> str:
    name = bank_holiday(day)
    return f"Bank holiday: {name}" if name else ""


def _closure(apart: DayApart, partnership: str | None) -> str:
    if apart.is_worked:
        return f"{apart.partnership} works on this day"
    who = f"{partnership} is closed" if partnership else "Closed"
    return f"{who}: {apart.name}" if apart.name else who
