"""What people will be notified of in the days ahead, if nothing changes: the same rules, walked from working day to
working day. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from cycle_tracker.core.calendar import DAY, SCOTLAND, WorkingCalendar
from cycle_tracker.core.preferences import Preference
from cycle_tracker.reminders.rules.digests import Waiting, digest_of_today, goes_at_once
from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.reminders import NoticeDue, called_for
from cycle_tracker.reminders.rules.steps import Deadline

# No forecast goes further: in a year most dates will have moved.
LONGEST = 366


@dataclass(frozen=True)
class NoticeAhead:
    """One notice to come, and the day on which the rules will give it."""

    day: date
    notice: NoticeDue


class Ahead(Waiting, Protocol):
    """What is asked of a notice that waits, now or on a day ahead, for a mail."""

    @property
    def milestone_id(self) -> int: ...
    @property
    def step(self) -> str: ...
    @property
    def at_once(self) -> bool: ...
    @property
    def prompt(self) -> bool: ...


Line = TypeVar("Line", bound=Ahead)
Row = TypeVar("Row", contravariant=True)


@dataclass(frozen=True)
class MailAhead(Generic[Line]):
    """One email to come: its day, who gets it, and the notices in it."""

    day: date
    reader: str
    lines: Sequence[Line]


def working_days(first: date, last: date, calendar: WorkingCalendar = SCOTLAND) -> list[date]:
    """The days on which notices are decided, from the first to the last, both counted."""
    days = ((first + DAY * number) for number in range((last - first).days + 1))
    return [day for day in days if calendar.is_working_day(day)]


def notices_ahead(
    milestone: Deadline, policy: Policy, notified: Iterable[str], days: Iterable[date], *, asked_on: date | None
) -> Iterator[NoticeAhead]:
    """The notices that one milestone calls for on these days, each counting as sent from its day on.

    `notified` are the steps sent so far, and `asked_on` is its bookmark: the rules are not asked before that day, and
    if there is none never.
    """
    already = set(notified)
    for day in days:
        if asked_on is None:
            return
        if asked_on > day or not (milestone.calendar.is_working_day(day) or SCOTLAND.is_working_day(day)):
            continue  # the second: a bank holiday that only others work on
        calls_for = called_for(milestone, policy, already, day)
        for notice in calls_for.notices:
            already.update((notice.step, *notice.overtook))
            yield NoticeAhead(day, notice)
        asked_on = calls_for.next_on


class Readers(Protocol[Row]):
    """Who gets what is for some addressees, and when they take their mail."""

    def who_gets(self, line: Row, day: date) -> str:
        """Who gets a notice on a day."""

    def circle_of(self, line: Row, day: date) -> str:
        """Whose mails are written together with those of a notice's addressee on a day, by the one who covers them."""

    def preference_of(self, reader: str) -> Preference:
        """When a reader takes their mail."""


def mails_ahead(
    lines: Iterable[Line], days: Iterable[date], readers: Readers[Line], had_digest_on: Mapping[str, Collection[date]]
) -> Iterator[MailAhead[Line]]:
    """The mails that some readers get on these days, by when they take their mail.

    `lines` are the notices that wait now and those to come, dated by `queued_on`. On the days `had_digest_on` a
    reader's digest is written already: on one of these days only what is wanted at once still goes.
    """
    coming = sorted(lines, key=lambda line: line.queued_on)
    had = {reader: list(found) for reader, found in had_digest_on.items()}
    waiting: list[Line] = []
    for day in days:
        waiting += [line for line in coming if line.queued_on <= day]
        coming = [line for line in coming if line.queued_on > day]
        piles, waiting = _piles(waiting, day, readers)
        for reader, pile in piles.items():
            mail = _mail_of(pile, day, reader, readers.preference_of(reader), had.setdefault(reader, []))
            if mail.lines:
                yield mail
            notified = {line.milestone_id for line in mail.lines}
            waiting += [line for line in pile if line.milestone_id not in notified]


def _piles(waiting: Iterable[Line], day: date, readers: Readers[Line]) -> tuple[dict[str, list[Line]], list[Line]]:
    """What waits for each reader on a day, and what is not asked for: on a bank holiday that only others work on, what
    is for those of whom nobody is notified of anything."""
    waiting = list(waiting)
    is_for_all = SCOTLAND.is_working_day(day)
    at_work = set() if is_for_all else {readers.circle_of(line, day) for line in waiting if line.queued_on == day}
    piles: dict[str, list[Line]] = {}
    left: list[Line] = []
    for line in waiting:
        if is_for_all or readers.circle_of(line, day) in at_work:
            piles.setdefault(readers.who_gets(line, day), []).append(line)
        else:
            left.append(line)
    return piles, left


def _mail_of(pile: Sequence[Line], day: date, reader: str, preference: Preference, had: list[date]) -> MailAhead[Line]:
    """The mail of a reader on a day, which has no lines if they get none; its day is put among those they `had`."""
    digest: list[Line] = []
    if day not in had:
        last_on = max((one for one in had if one < day), default=None)
        digest = digest_of_today(pile, preference, day, is_prompt=_is_prompt, last_digest_on=last_on)
    if digest:
        had.append(day)
    urgent = [line for line in pile if goes_at_once(line, preference, _is_prompt)]
    notified = {line.milestone_id for line in (*digest, *urgent)}
    return MailAhead(day, reader, [line for line in pile if line.milestone_id in notified])


def _is_prompt(line: Ahead) -> bool:
    return line.prompt
