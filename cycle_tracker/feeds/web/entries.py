"""What stands in a calendar for each milestone: as little as it takes to know what is due, and the way to its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.document_states import last_day_before_outstanding
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.documents.web.lines import MilestoneRow
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.web.wording import date_name, day


@dataclass(frozen=True)
class CalendarEntry:
    """One all-day event. `uid` belongs to the milestone, whatever its title and date become; `revision` grows with
    each of its changes, and `changed_at` is when what stands here last changed."""

    uid: str
    on: date
    summary: str
    description: str
    address: str
    revision: int
    changed_at: datetime


def entries(
    lines: Sequence[MilestoneRow], changed: Mapping[int, datetime], today: date, *, service_url: str, several: bool
) -> list[CalendarEntry]:
    """The entries of a feed; `several` names the partnership in each."""
    return [
        _entry(line, line.dates.due_on, changed.get(line.milestone.id), today, service_url, several=several)
        for line in lines
        if line.dates.due_on is not None
    ]


def more_entry(listed: int, today: date, *, service_url: str, address: str) -> CalendarEntry:
    """What stands on today where there are more dates than are listed: nothing is left out in silence."""
    return CalendarEntry(
        uid=f"more@{_host(service_url)}",
        on=today,
        summary=f"Only the first {listed:,} dates are shown",
        description=f"See all of them: {service_url}{address}",
        address=service_url + address,
        revision=0,
        changed_at=_midnight(today),
    )


def _entry(
    line: MilestoneRow, due_on: date, changed_at: datetime | None, today: date, service_url: str, *, several: bool
) -> CalendarEntry:
    milestone, dates = line.milestone, line.dates
    is_past = dates.state in OPEN and due_on < today
    named = f"{milestone.title} ({line.partnership})" if several else milestone.title
    address = service_url + line.address
    moments = [_midnight(milestone.entered_on) if milestone.entered_on else None, changed_at]
    if is_past:  # the entry has other words from the day after, and those of a document once more
        days = [
            due_on,
            *([last_day_before_outstanding(dates.target_on)] if milestone.is_document and dates.target_on else []),
        ]
        moments += [_midnight(last + timedelta(days=1)) for last in days if last < today]
    return CalendarEntry(
        uid=f"milestone-{milestone.id}@{_host(service_url)}",
        on=due_on,
        summary=f"{line.label}: {named}" if line.label and (is_past or dates.state is State.DONE) else named,
        description=f"{_dates_in_words(line, due_on)}{address}",
        address=address,
        revision=milestone.version,
        changed_at=max(moment for moment in moments if moment is not None),
    )


def _dates_in_words(line: MilestoneRow, due_on: date) -> str:
    """What kind of date it is, on a line of its own; nothing for people who see titles and dates only."""
    dates = line.dates
    if line.detail is Detail.DATES:
        return ""
    first = date_name(dates.date_basis).capitalize()
    if dates.state is State.DONE:
        return f"Done on {day(dates.done_on)}. {first} {day(dates.target_on or due_on)}.\n"
    if dates.expected_date and dates.target_on:
        return f"New expected date {day(due_on)}. {first} {day(dates.target_on)}.\n"
    return f"{first} {day(due_on)}.\n"


def _midnight(on: date) -> datetime:
    """The beginning of a London day."""
    return datetime.combine(on, time(), tzinfo=LONDON).astimezone(UTC)


def _host(service_url: str) -> str:
    return service_url.split("://", 1)[-1].split("/", 1)[0]
