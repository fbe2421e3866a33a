"""What people will be notified of in the days ahead, if nothing changes: the same rules, walked from working day to
working day. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from cycle_tracker.core.calendar import DAY, SCOTLAND, WorkingCalendar
from cycle_tracker.core.preferences import Preference
from cycle_tracker.reminders.rules.digests import Waiting, digest_of_today, goes_at_once
from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.reminders import NoticeDue, called_for
from cycle_tracker.reminders.rules.steps import BEFORE, Deadline

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


@dataclass(frozen=True)
class MailAhead(Generic[Line]):
    """One email to come: its day, and the notices in it."""

    day: date
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


def mails_ahead(
    lines: Iterable[Line],
    preference: Preference,
    days: Iterable[date],
    *,
    reminds_before: bool = True,
    had_digest_on: Collection[date] = (),
    last_digest_on: date | None = None,
) -> Iterator[MailAhead[Line]]:
    """The mails that one addressee gets on these days, by when they take their mail.

    `lines` are the notices that wait now and those to come, dated by `queued_on`. On the days `had_digest_on` the
    digest of the day is written already, and only what is wanted at once still goes; `last_digest_on` is the day of the
    last one before the first of the days.
    """
    coming = sorted(
        (line for line in lines if reminds_before or not line.step.startswith(BEFORE)), key=lambda line: line.queued_on
    )
    waiting: list[Line] = []
    for day in days:
        waiting += [line for line in coming if line.queued_on <= day]
        coming = [line for line in coming if line.queued_on > day]
        if not SCOTLAND.is_working_day(day) and not any(line.queued_on == day for line in waiting):
            continue  # a bank holiday that only others work on
        last_on = max((one for one in (*had_digest_on, last_digest_on) if one and one < day), default=None)
        digest = (
            []
            if day in had_digest_on
            else digest_of_today(waiting, preference, day, is_prompt=_is_prompt, last_digest_on=last_on)
        )
        last_digest_on = day if digest else last_digest_on
        urgent = [line for line in waiting if goes_at_once(line, preference, _is_prompt)]
        notified = {line.milestone_id for line in (*digest, *urgent)}
        if notified:
            yield MailAhead(day, [line for line in waiting if line.milestone_id in notified])
            waiting = [line for line in waiting if line.milestone_id not in notified]


def _is_prompt(line: Ahead) -> bool:
    return line.prompt
