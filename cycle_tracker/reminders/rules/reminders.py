"""Which notices a milestone calls for on a given day. Pure: the same facts give the same notices.

The question is always "due and not yet told", never "due exactly today", so days on which nothing ran heal
themselves: each addressee is told the latest step once, and that notice names the steps it overtook.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience, Rung
from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.core.deadlines import is_before_service
from cycle_tracker.core.document_states import EXPLAIN_WORKING_DAYS, last_day_before_outstanding
from cycle_tracker.reminders.rules.policies import Policy

EXPLAIN = "explain"
ON_DAY = "on-day"
ASSIGNED = "assigned"
"""Told at once to a new owner. It has no day of its own, so no policy names it."""
ANSWERED = "answered"
"""Told at once to the owner: a contact answered by the link of a mail."""
RAISED = {Audience.GOVERNANCE: "raised-group", Audience.NATIONAL: "raised-national"}
"""Told at once to a group to which a person raised something, before the ladder did or further than it goes."""
BEFORE = "before-"
OVERDUE = "overdue-"
RUNG = "rung-"
UNREACHED = "audience:"
_OWNER = (Audience.OWNER,)
_OWNER_AND_CONTACTS = (Audience.OWNER, Audience.CONTACT)


@dataclass(frozen=True)
class Deadline:
    """What the rule needs to know of one milestone.

    `entered_on` is the day it was put into the service; `expected_date` says that `due_on` is a new expected date
    noted with an explanation; `explain_by_target` is the guidance date of a document that nobody has explained yet;
    `notify_from` is the day before which nothing that fell due is anybody's business here. `reply_by` is the day that
    an acknowledgement set: no further rung opens before it. `asks_contacts_after` says that contacts are also told,
    once, that the date has passed. `addressees` holds the people behind each audience, keyed as notices are
    (`user:12`, `contact:3`).
    """

    due_on: date | None
    is_open: bool
    entered_on: date
    is_document: bool = False
    expected_date: bool = False
    explain_by_target: date | None = None
    notify_from: date | None = None
    reply_by: date | None = None
    asks_contacts_after: bool = False
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    addressees: Mapping[Audience, tuple[str, ...]] = field(default_factory=dict)

    @property
    def calls_for_notices(self) -> bool:
        """False where nobody is ever told: it is closed, has no date, or fell due before the service."""
        if not self.is_open or self.due_on is None:
            return False
        return not is_before_service(self.due_on, self.notify_from)


class Step(NamedTuple):
    """One moment at which an audience is told: the day it names, and the working day on which they are told.

    `is_rung` marks a step of the ladder; `beside_owner` one whose owner has the step `overdue-N` of that day instead.
    """

    name: str
    named_day: date
    tell_on: date
    audiences: tuple[Audience, ...]
    is_rung: bool = False
    beside_owner: bool = False

    @property
    def once(self) -> bool:
        """True for what is told once to its audience and stands in no row of repeats."""
        return self.is_rung or self.name == EXPLAIN


@dataclass(frozen=True)
class NoticeDue:
    """One notice to write: who is told which step, and which steps it overtook.

    An addressee in `unreachable` notices is the audience's name, for there was nobody behind it.
    """

    step: str
    addressee: str
    audience: Audience
    overtook: tuple[str, ...] = ()
    at_once: bool = False
    unreachable: bool = False


@dataclass(frozen=True)
class RungReached:
    """A rung of the ladder that the milestone has come to, and the day on which it did."""

    days: int
    audiences: tuple[Audience, ...]
    fell_due_on: date


@dataclass(frozen=True)
class CalledFor:
    """What a milestone calls for on a day: the notices to write, the rungs that it has come to, and the first day after
    it on which to ask again, None where there is none."""

    notices: Sequence[NoticeDue] = ()
    rungs: Sequence[RungReached] = ()
    next_on: date | None = None


def called_for(milestone: Deadline, policy: Policy, already: Iterable[str], today: date) -> CalledFor:
    """All that a milestone calls for today, its steps worked out once for all of it.

    `already` names the steps told, and those overtaken, for this due date. One notice for each addressee: the latest
    step that is due and untold, a rung over a step, the offer to explain over a repeat of the same day. Reminders that
    lay before the milestone was entered are not sent late; that it is overdue is always told.
    """
    if not milestone.calls_for_notices or milestone.due_on is None:
        return CalledFor()
    steps = _all_steps(milestone, policy, milestone.due_on, _horizon(policy, milestone.due_on, today))
    reached = [step for step in steps if step.tell_on <= today]
    return CalledFor(
        notices=_notices(milestone, reached, frozenset(already)) if reached else [],
        rungs=rungs_reached(milestone, policy, today),
        next_on=_first_after(steps, today),
    )


def rungs_reached(milestone: Deadline, policy: Policy, today: date) -> list[RungReached]:
    """Every rung that has fallen due, overtaken or not, dated by the working day on which it did."""
    if not milestone.calls_for_notices or milestone.due_on is None:
        return []
    reached = []
    for rung in policy.rungs:
        fell_due_on = _rung_on(milestone, milestone.due_on, rung)
        if fell_due_on <= today:
            reached.append(RungReached(rung.days, rung.audiences, fell_due_on))
    return reached


def next_notice_on(milestone: Deadline, policy: Policy, after: date) -> date | None:
    """The first day after `after` on which a step falls to be told; None where there is none.

    A bookmark for finding candidates: it may be early, never late.
    """
    if not milestone.calls_for_notices or milestone.due_on is None:
        return None
    return _first_after(
        _all_steps(milestone, policy, milestone.due_on, _horizon(policy, milestone.due_on, after)), after
    )


def first_notice_on(milestone: Deadline, policy: Policy) -> date | None:
    """The earliest day on which any step may be told: where the bookmark starts, and starts again."""
    return next_notice_on(milestone, policy, date.min)


def explain_on(target_on: date, calendar: WorkingCalendar) -> date:
    """The day from which a document is to be explained: ten working days before it shows as outstanding."""
    return calendar.working_days_before(last_day_before_outstanding(target_on), EXPLAIN_WORKING_DAYS)


def named_day_of(step: str, due_on: date) -> date | None:
    """The day that a step names, counted from the due date; None for one that stands in no row of days."""
    if step == ON_DAY:
        return due_on
    for start, sign in ((BEFORE, -1), (OVERDUE, 1)):
        if step.startswith(start):
            return due_on + sign * _days(int(step.removeprefix(start)))
    return None


def _notices(milestone: Deadline, reached: Iterable[Step], told: frozenset[str]) -> list[NoticeDue]:
    latest_told = _latest_told(milestone, told) if told else date.min
    due = [step for step in reached if step.name not in told and (step.once or step.named_day > latest_told)]
    by_addressee: dict[str, list[tuple[Step, Audience]]] = {}
    for step in due:
        for audience, addressee in _people(step, milestone.addressees):
            by_addressee.setdefault(addressee, []).append((step, audience))
    return [_latest(addressee, steps, milestone) for addressee, steps in by_addressee.items()]


def _horizon(policy: Policy, due_on: date, after: date) -> date:
    """A day so late that the first step after `after`, if there is one, lies before it."""
    return max(after, due_on) + _days((policy.repeat_every or 0) + policy.first_after)


def _first_after(steps: Iterable[Step], after: date) -> date | None:
    return min((step.tell_on for step in steps if step.tell_on > after), default=None)


def _latest_told(milestone: Deadline, told: Iterable[str]) -> date:
    """The latest day that anybody was told, by the names of the steps: under another policy they had other days."""
    if milestone.due_on is None:
        return date.min
    days = (named_day_of(step, milestone.due_on) for step in told)
    return max((day for day in days if day is not None), default=date.min)


def _all_steps(milestone: Deadline, policy: Policy, due_on: date, until: date) -> list[Step]:
    """The steps of the policy, those that repeat only as far as `until`."""
    return [
        *_before_steps(milestone, policy, due_on),
        *_after_steps(milestone, policy, due_on, until),
        *_rung_steps(milestone, policy, due_on),
        *_explain_step(milestone),
    ]


def _before_steps(milestone: Deadline, policy: Policy, due_on: date) -> Iterator[Step]:
    if milestone.expected_date:
        return
    known_since = max(milestone.entered_on, policy.before_since or date.min)
    asked = _asked(milestone)
    for days in policy.before:
        named_day = due_on - _days(days)
        tell_on = milestone.calendar.on_or_before(named_day)
        if known_since <= tell_on:
            yield Step(f"{BEFORE}{days}" if days else ON_DAY, named_day, tell_on, asked)


def _after_steps(milestone: Deadline, policy: Policy, due_on: date, until: date) -> Iterator[Step]:
    days = policy.first_after
    while due_on + _days(days) <= until:
        named_day = due_on + _days(days)
        asked = _asked(milestone) if milestone.asks_contacts_after and days == policy.first_after else _OWNER
        yield Step(f"{OVERDUE}{days}", named_day, milestone.calendar.on_or_after(named_day), asked)
        if policy.repeat_every is None:
            return
        days += policy.repeat_every


def _rung_steps(milestone: Deadline, policy: Policy, due_on: date) -> Iterator[Step]:
    for rung in policy.rungs:
        beside_owner = rung.days == policy.first_after and Audience.OWNER in rung.audiences
        audiences = tuple(who for who in rung.audiences if not (beside_owner and who is Audience.OWNER))
        if audiences:
            named_day = due_on + _days(rung.days)
            tell_on = _rung_on(milestone, due_on, rung)
            yield Step(f"{RUNG}{rung.days}", named_day, tell_on, audiences, is_rung=True, beside_owner=beside_owner)


def _rung_on(milestone: Deadline, due_on: date, rung: Rung) -> date:
    """The working day on which a rung opens: not before the day by which somebody who acknowledged it will reply."""
    day = due_on + _days(rung.days)
    return milestone.calendar.on_or_after(max(day, milestone.reply_by) if milestone.reply_by else day)


def _asked(milestone: Deadline) -> tuple[Audience, ...]:
    """Who is reminded of the date: its owner, and the contacts who are asked about it."""
    return _OWNER_AND_CONTACTS if milestone.addressees.get(Audience.CONTACT) else _OWNER


def _explain_step(milestone: Deadline) -> Iterator[Step]:
    """Some days before an unexplained document shows as outstanding, its leads and its owner are offered to explain it.

    Not for a guidance date that lay before the service, nor for a document that was entered later than that day. A
    lead who owns it hears as lead, for leads propose dates.
    """
    target_on = milestone.explain_by_target
    if target_on is None or is_before_service(target_on, milestone.notify_from):
        return
    tell_on = explain_on(target_on, milestone.calendar)
    if milestone.entered_on <= tell_on:
        yield Step(EXPLAIN, tell_on, tell_on, (Audience.LEAD, Audience.OWNER))


def _people(step: Step, addressees: Mapping[Audience, tuple[str, ...]]) -> Iterator[tuple[Audience, str]]:
    """Who hears of a step, each once, as the first of its audiences that they are in. An audience with nobody behind
    it is named itself, unless the step reached another."""
    if len(step.audiences) == 1 and not step.beside_owner:  # nearly always
        audience = step.audiences[0]
        people = addressees.get(audience, ())
        for addressee in people or ([f"{UNREACHED}{audience}"] if audience is not Audience.CONTACT else []):
            yield audience, addressee
        return
    owners = addressees.get(Audience.OWNER, ()) if step.beside_owner else ()
    inside = (audience for audience in step.audiences if audience is not Audience.CONTACT)
    reached = {*owners}.union(*(addressees.get(audience, ()) for audience in inside))
    heard = {*owners}
    for audience in step.audiences:
        people = addressees.get(audience, ())
        yield from ((audience, addressee) for addressee in people if addressee not in heard)
        heard.update(people)
        if not people and not reached and audience is not Audience.CONTACT:
            yield audience, f"{UNREACHED}{audience}"


def _latest(addressee: str, steps: list[tuple[Step, Audience]], milestone: Deadline) -> NoticeDue:
    ordered = sorted(steps, key=lambda pair: (pair[0].is_rung, pair[0].named_day, pair[0].once, pair[0].name))
    chosen, audience = ordered[-1]
    return NoticeDue(
        step=chosen.name,
        addressee=addressee,
        audience=audience,
        overtook=tuple(step.name for step, _ in sorted(ordered[:-1], key=lambda pair: pair[0].named_day)),
        at_once=milestone.is_document or audience in HEARD_AT_ONCE,
        unreachable=addressee.startswith(UNREACHED),
    )


@lru_cache(maxsize=1024)
def _days(count: int) -> timedelta:
    return timedelta(days=count)
