"""When a person takes their mail, and what it holds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience
from cycle_tracker.core.calendar import DAY, SCOTLAND
from cycle_tracker.core.kinds import DOCUMENTS, Kind
from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.reminders.rules.policies import Policy, days_before
from cycle_tracker.reminders.rules.steps import ANSWERED, ASSIGNED, BEFORE, ON_DAY, OVERDUE, RAISED, RUNG

DAYS_IN_WEEK = 7
# Items that one mail lists; the rest are a number and a link.
LISTED_AT_MOST = 50
# Kinds of which the first notice and the last before the date do not wait for a list day.
FIRST_AND_LAST_AT_ONCE = DOCUMENTS | {Kind.CONSULTATION}
# Steps that say what somebody did. None of them is the first notice of a date.
OF_PEOPLE = frozenset({ASSIGNED, ANSWERED, *RAISED.values()})


class Waiting(Protocol):
    """What is asked of a notice that waits for a mail."""

    @property
    def due_on(self) -> date: ...
    @property
    def queued_on(self) -> date: ...


class Step(Protocol):
    """What is asked of it to know whether it can wait for a list day. `is_first` says of a document or a consultation
    that nobody was notified of this date before, and `expected_date` that its date is a new expected date."""

    @property
    def step(self) -> str: ...
    @property
    def overtook(self) -> tuple[str, ...]: ...
    @property
    def audience(self) -> Audience: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def is_first(self) -> bool: ...
    @property
    def expected_date(self) -> bool: ...


@dataclass(frozen=True)
class Foretold:
    """A step that is still to come."""

    step: str
    overtook: tuple[str, ...]
    audience: Audience
    kind: Kind
    is_first: bool
    expected_date: bool = False


class _HasAtOnce(Protocol):
    @property
    def at_once(self) -> bool: ...


Line = TypeVar("Line", bound=Waiting)
Urgent = TypeVar("Urgent", bound=_HasAtOnce)


def is_prompt(line: Step, policy: Policy) -> bool:
    """Whether a notice waits for no list day: of a document or a consultation the first and the last before its date;
    of anything the day itself, the first day past it, an escalation stage, and what somebody did or asks."""
    steps = {line.step, *line.overtook}
    if line.audience in HEARD_AT_ONCE or steps & {ON_DAY, f"{OVERDUE}{policy.first_after}", *OF_PEOPLE}:
        return True
    if any(step.startswith(RUNG) for step in steps):
        return True
    last = min((days for days in days_before(policy, expected_date=line.expected_date) if days), default=None)
    return line.kind in FIRST_AND_LAST_AT_ONCE and (line.is_first or line.step == f"{BEFORE}{last}")


def digest_day(
    preference: Preference,
    queued_on: date,
    *,
    due_on: date | None = None,
    prompt: bool = False,
    last_digest_on: date | None = None,
) -> date:
    """The day of the digest that a notice queued on this day belongs to. A digest whose day was lost goes out at the
    next run.

    In the weekly rhythm it is the next chosen weekday, moved to the working day after it. In the standard rhythm it is
    the next list day with no digest in the six days before it; or the day itself, of what is `prompt` and of what would
    otherwise come after its date. In the others it is the day itself.
    """
    if preference.rhythm is Rhythm.WEEKLY:
        return _chosen_day(preference.weekday, queued_on)
    if preference.rhythm is not Rhythm.STANDARD or prompt:
        return queued_on
    list_day = _list_day(preference.weekday, queued_on, last_digest_on)
    return queued_on if due_on is not None and queued_on <= due_on < list_day else list_day


def _list_day(weekday: int, queued_on: date, last_digest_on: date | None) -> date:
    """The next list day from `queued_on` on that is a week or more after the last digest. One that went on a list day
    which a bank holiday had moved counts from the weekday itself, or the next list would be two weeks away."""
    if last_digest_on is None:
        return _chosen_day(weekday, queued_on)
    chosen = _last_weekday(weekday, last_digest_on)
    counted_from = chosen if SCOTLAND.on_or_after(chosen) == last_digest_on else last_digest_on
    return _chosen_day(weekday, max(queued_on, counted_from + DAY * DAYS_IN_WEEK))


def _chosen_day(weekday: int, day: date) -> date:
    """The next chosen weekday from `day` on, moved to the working day after it."""
    chosen = _last_weekday(weekday, day)
    moved = SCOTLAND.on_or_after(chosen)
    return moved if moved >= day else SCOTLAND.on_or_after(chosen + DAY * DAYS_IN_WEEK)


def _last_weekday(weekday: int, day: date) -> date:
    return day - DAY * ((day.weekday() - weekday) % DAYS_IN_WEEK)


def belongs_in_digest(preference: Preference, *, past_its_date: bool) -> bool:
    """True where an ordinary notice is wanted at all under this preference."""
    return past_its_date or preference.rhythm is not Rhythm.ONLY_LATE


def goes_at_once(line: Urgent, preference: Preference, is_prompt: Callable[[Urgent], bool]) -> bool:
    """Whether a notice comes on the next run although the digest of the day is written. In the standard rhythm what
    lies between the first and the last notice of a document does not."""
    return line.at_once and (preference.rhythm is not Rhythm.STANDARD or is_prompt(line))


def digest_of_today(
    lines: Iterable[Line],
    preference: Preference,
    today: date,
    *,
    is_prompt: Callable[[Line], bool],
    last_digest_on: date | None = None,
) -> list[Line]:
    """What today's digest holds: all that waits and is wanted, once the day of any of it has come; else nothing.
    `last_digest_on` is the day of the last digest before today."""
    wanted = [line for line in lines if belongs_in_digest(preference, past_its_date=line.due_on < today)]
    is_standard = preference.rhythm is Rhythm.STANDARD
    days = (
        digest_day(
            preference,
            line.queued_on,
            due_on=line.due_on,
            prompt=is_standard and is_prompt(line),
            last_digest_on=last_digest_on,
        )
        for line in wanted
    )
    return wanted if any(day <= today for day in days) else []
