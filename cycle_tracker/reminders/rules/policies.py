"""When people are notified about a due date, and how far it is escalated: the defaults, and what changes them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.kinds import DOCUMENTS, Basis, Kind


@dataclass(frozen=True)
class Gaps:
    """The days between repeats once a date has passed: `first` as far as `until` days after the date, then `later`.

    With no `until` the first gap holds for good.
    """

    first: int
    until: int | None = None
    later: int | None = None

    @property
    def longest(self) -> int:
        """The longest time, in days, from one repeat to the next."""
        return max(self.first, self.later or 0)

    def after(self, days: int) -> int:
        """The days after the date of the repeat that follows the one of so many days after it."""
        following = days + self.first
        if self.later is None or self.until is None or following <= self.until:
            return following
        return days + self.later


@dataclass(frozen=True)
class Policy:
    """Days before the due date (0 is the day itself), days after it, and the escalation stages.

    `repeat_every` says how often it is repeated once the date has passed; None means that it is said once.
    `place` is the most particular place that changed it, empty for a default; `before_since` the day on which the days
    before were last changed: a reminder that lay before that day is not sent late. `opens` says that the owner of a
    report is also reminded on the first day of its time.
    """

    before: tuple[int, ...]
    first_after: int
    repeat_every: Gaps | None
    rungs: tuple[EscalationStage, ...]
    place: str = ""
    before_since: date | None = None
    opens: bool = False


@dataclass(frozen=True)
class Repeats:
    """How often a place wants people to be notified that a date has passed: first after so many days, then every so
    many for good, or once."""

    first_after: int
    repeat_every: int | None


@dataclass(frozen=True)
class PolicyChange:
    """What one place changes of the policy that would hold without it; None leaves a part as it is.

    `before` with no days in it was set back on the day `in_force_from` to what would hold without it: what that would
    have sent before then is not sent late.
    """

    in_force_from: date
    before: tuple[int, ...] | None = None
    repeats: Repeats | None = None
    rungs: tuple[EscalationStage, ...] | None = None


# No policy reminds earlier than this before the due date.
FURTHEST_BEFORE = timedelta(days=180)

FIRST_RUNG = EscalationStage(1, (Audience.OWNER, Audience.LEAD))

DOCUMENT_STEPS = (28, 14, 7, 1, 0)
OTHER_STEPS = (14, 3, 0)
# Before a new expected date, whatever the kind and whatever days a place chose: it is one more day to keep, and was
# agreed because the first one was not.
EXPECTED_STEPS = (14, 3, 0)
# 1, 8 … 57 days after the date, then 85, 113 …: a date that nobody acts on for two months does not fill a mailbox.
EVER_RARER = Gaps(7, 57, 28)

DOCUMENT_POLICY = Policy(DOCUMENT_STEPS, 1, EVER_RARER, (FIRST_RUNG, EscalationStage(14, (Audience.GOVERNANCE,))))
REPORT_POLICY = replace(DOCUMENT_POLICY, opens=True)
STATUTORY_STEP_POLICY = Policy(OTHER_STEPS, 1, EVER_RARER, (FIRST_RUNG, EscalationStage(14, (Audience.GOVERNANCE,))))
# The group is not emailed about each late step that is no duty in law: these are a table on its page.
LISTED_FOR_THE_GROUP = EscalationStage(28, (Audience.GOVERNANCE,), by_email=False)
STEP_POLICY = Policy(OTHER_STEPS, 1, EVER_RARER, (FIRST_RUNG, LISTED_FOR_THE_GROUP))
ACTION_POLICY = Policy((14,), 1, None, (EscalationStage(1, (Audience.OWNER,)), EscalationStage(14, (Audience.LEAD,))))


def policy_for(kind: Kind, duty_basis: Basis) -> Policy:
    """The policy that holds for a milestone of this kind whose duty rests on this basis."""
    if kind is Kind.ANNUAL_REPORT:
        return REPORT_POLICY
    if kind in DOCUMENTS or kind is Kind.CONSULTATION:
        return DOCUMENT_POLICY
    if kind in {Kind.ACTION, Kind.REQUEST}:
        return ACTION_POLICY
    return STATUTORY_STEP_POLICY if duty_basis is Basis.STATUTE else STEP_POLICY


EVERYWHERE = "all"


def place_of(kind: Kind | None, partnership_id: int | None) -> str:
    """The word for where a change holds: everything, a kind, a partnership, or a kind in a partnership."""
    parts = [f"partnership:{partnership_id}"] if partnership_id is not None else []
    parts += [f"kind:{kind.value}"] if kind is not None else []
    return "/".join(parts) or EVERYWHERE


def places_over(kind: Kind, partnership_id: int | None) -> Iterator[str]:
    """The places whose changes a milestone is under, the least particular first: what comes later wins."""
    yield EVERYWHERE
    yield place_of(kind, None)
    if partnership_id is not None:
        yield place_of(None, partnership_id)
        yield place_of(kind, partnership_id)


def policy_under(
    changes: Mapping[str, PolicyChange], kind: Kind, duty_basis: Basis, partnership_id: int | None
) -> Policy:
    """The policy that holds for a milestone: the default for its kind, with each part as the most particular of the
    changes by place has it."""
    policy = policy_for(kind, duty_basis)
    for place in places_over(kind, partnership_id):
        change = changes.get(place)
        if change is not None:
            policy = _changed(policy, change, place)
    return policy


def _changed(policy: Policy, change: PolicyChange, place: str) -> Policy:
    if change.before or change.repeats is not None or change.rungs is not None:
        policy = replace(policy, place=place)
    if change.before:
        # Days that somebody chose are all there is before the date.
        policy = replace(policy, before=change.before, before_since=change.in_force_from, opens=False)
    elif change.before is not None:
        policy = replace(policy, before_since=max(policy.before_since or date.min, change.in_force_from))
    if change.repeats is not None:
        policy = with_repeats(policy, change.repeats)
    if change.rungs is not None:
        policy = replace(policy, rungs=change.rungs)
    return policy


def with_repeats(policy: Policy, repeats: Repeats) -> Policy:
    """The policy with a place's own repeats, which keep their gap for good: they are what somebody chose."""
    gaps = Gaps(repeats.repeat_every) if repeats.repeat_every is not None else None
    return replace(policy, first_after=repeats.first_after, repeat_every=gaps)


def days_before(policy: Policy, *, expected_date: bool, after_interim: bool = False) -> tuple[int, ...]:
    """The days before the date on which its owner is reminded, 0 the day itself: those of the policy, and of a new
    expected date always the same. None for a plan that is due once its interim plan has ended, for until then nobody is
    reminded of it."""
    if not expected_date:
        return policy.before
    return () if after_interim else EXPECTED_STEPS
