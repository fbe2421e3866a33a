"""Which notices a milestone calls for on a given day. Pure: the same facts give the same notices.

The question is always "due and not yet sent", never "due exactly today", so days on which nothing ran heal
themselves: each addressee is notified of the latest step once, and that notice names the steps it overtook.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.audiences import HEARD_AT_ONCE, Audience
from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.steps import (
    Deadline,
    Step,
    all_steps,
    days_long,
    named_day_of,
    stage_opens_on,
    stages_of,
)

UNREACHED = "audience:"


@dataclass(frozen=True)
class NoticeDue:
    """One notice to write: who is notified of which step, and which steps it overtook.

    An addressee in `unreachable` notices is the audience's name, for there was nobody behind it.
    """

    step: str
    addressee: str
    audience: Audience
    overtook: tuple[str, ...] = ()
    at_once: bool = False
    unreachable: bool = False


@dataclass(frozen=True)
class StageReached:
    """An escalation stage that the milestone has come to, and the day on which it did."""

    days: int
    audiences: tuple[Audience, ...]
    fell_due_on: date


@dataclass(frozen=True)
class CalledFor:
    """What a milestone calls for on a day: the notices to write, the escalation stages that it has reached, and the
    first day after it on which to ask again, None if there is none."""

    notices: Sequence[NoticeDue] = ()
    rungs: Sequence[StageReached] = ()
    next_on: date | None = None


def called_for(milestone: Deadline, policy: Policy, already: Iterable[str], today: date) -> CalledFor:
    """All that a milestone calls for today, its steps worked out once for all of it.

    `already` names the steps sent, and those overtaken, for this due date. One notice for each addressee: the latest
    step that is due and not sent, a stage over a step, the offer to explain over a repeat of the same day. Reminders
    that lay before the milestone was entered are not sent late; that it is overdue is always sent.
    """
    if not milestone.calls_for_notices or milestone.due_on is None:
        return CalledFor()
    steps = all_steps(milestone, policy, milestone.due_on, _horizon(policy, milestone.due_on, today))
    reached = [step for step in steps if step.notify_on <= today]
    return CalledFor(
        notices=_notices(milestone, reached, frozenset(already)) if reached else [],
        rungs=stages_reached(milestone, policy, today),
        next_on=_first_after(steps, today),
    )


def stages_reached(milestone: Deadline, policy: Policy, today: date) -> list[StageReached]:
    """Every stage that has fallen due, overtaken or not, dated by the working day on which it did."""
    if not milestone.calls_for_notices or milestone.due_on is None:
        return []
    reached = []
    for rung in stages_of(milestone, policy):
        fell_due_on = stage_opens_on(milestone, milestone.due_on, rung)
        if fell_due_on <= today:
            reached.append(StageReached(rung.days, rung.audiences, fell_due_on))
    return reached


def next_notice_on(milestone: Deadline, policy: Policy, after: date) -> date | None:
    """The first day after `after` on which anyone is to be notified of a step; None if there is none.

    A bookmark for finding candidates: it may be early, never late.
    """
    if not milestone.calls_for_notices or milestone.due_on is None:
        return None
    return _first_after(
        all_steps(milestone, policy, milestone.due_on, _horizon(policy, milestone.due_on, after)), after
    )


def first_notice_on(milestone: Deadline, policy: Policy) -> date | None:
    """The earliest day on which anyone may be notified of any step: where the bookmark starts, and starts again."""
    return next_notice_on(milestone, policy, date.min)


def _notices(milestone: Deadline, reached: Iterable[Step], notified: frozenset[str]) -> list[NoticeDue]:
    latest_notified = _latest_notified(milestone, notified) if notified else date.min
    due = [step for step in reached if step.name not in notified and (step.once or step.named_day > latest_notified)]
    by_addressee: dict[str, list[tuple[Step, Audience]]] = {}
    for step in due:
        for audience, addressee in _people(step, milestone.addressees):
            by_addressee.setdefault(addressee, []).append((step, audience))
    return [_latest(addressee, steps, milestone) for addressee, steps in by_addressee.items()]


def _horizon(policy: Policy, due_on: date, after: date) -> date:
    """A day so late that the first step after `after`, if there is one, lies before it."""
    longest_gap = policy.repeat_every.longest if policy.repeat_every else 0
    return max(after, due_on) + days_long(longest_gap + policy.first_after)


def _first_after(steps: Iterable[Step], after: date) -> date | None:
    return min((step.notify_on for step in steps if step.notify_on > after), default=None)


def _latest_notified(milestone: Deadline, notified: Iterable[str]) -> date:
    """The latest day of which anyone was notified, by the names of the steps. Other policies had other days."""
    if milestone.due_on is None:
        return date.min
    days = (named_day_of(step, milestone.due_on) for step in notified)
    return max((day for day in days if day is not None), default=date.min)


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
