"""What a policy may say, and what a planning lead may not take from those above them. Pure.

Whoever is looked at does not choose when those who look are notified. A partnership cannot weaken the rule that
people are notified of what is past its date, and the governance group in time.
"""

from collections.abc import Iterable, Sequence

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.reminders.rules.policies import FURTHEST_BEFORE, Policy, PolicyChange, Repeats

MOST_REMINDERS = 10
# Days after which people are notified at the latest that a date has passed, whoever sets it.
LATEST_FIRST = 28
LONGEST_GAP = 90
LATEST_RUNG = 180


def ensure_may_set(change: PolicyChange, without: Sequence[Policy], *, by_a_lead: bool) -> None:
    """Raises RuleBroken, beside its field, for a change of policy that may not be made.

    `without` are the policies that the nation has for the kinds in question: what would hold if the partnership had
    changed nothing. A planning lead weakens none of them.
    """
    if change.before:
        _ensure_days_before(change.before)
    if change.repeats is not None:
        _ensure_repeats(change.repeats)
        if by_a_lead:
            _ensure_lead_keeps_repeats(change.repeats, without)
    if change.rungs is not None:
        _ensure_rungs(change.rungs)
        _ensure_group_is_notified(change.rungs, without, by_a_lead=by_a_lead)


def rung_of(rungs: Iterable[EscalationStage], audience: Audience) -> int | None:
    """After how many days an audience is notified; None if no stage reaches it."""
    return min((rung.days for rung in rungs if audience in rung.audiences), default=None)


def group_rung_of(policies: Iterable[Policy]) -> int | None:
    """After how many days the earliest of these policies notifies the governance group; None if none does."""
    found = (rung_of(policy.rungs, Audience.GOVERNANCE) for policy in policies)
    return min((days for days in found if days is not None), default=None)


def escalation_stages(first_after: int, lead: int, chair: int | None, group: int | None) -> tuple[EscalationStage, ...]:
    """The escalation stages from the days after which each audience is notified. The owner is part of the planning
    leads' stage where it is the day on which they are notified anyway."""
    leads = (Audience.OWNER, Audience.LEAD) if lead == first_after else (Audience.LEAD,)
    rungs = [EscalationStage(lead, leads)]
    rungs += [EscalationStage(chair, (Audience.CHAIR,))] if chair is not None else []
    rungs += [EscalationStage(group, (Audience.GOVERNANCE,))] if group is not None else []
    return tuple(rungs)


def _ensure_days_before(before: tuple[int, ...]) -> None:
    if len(before) > MOST_REMINDERS:
        raise RuleBroken(f"You can set at most {MOST_REMINDERS} reminders before the due date.", field="days_before")
    if len(set(before)) < len(before):
        raise RuleBroken("Enter each number of days once.", field="days_before")
    if any(not 0 <= days <= FURTHEST_BEFORE.days for days in before):
        raise RuleBroken(
            f"Reminders can be sent at most {FURTHEST_BEFORE.days} days before the due date.", field="days_before"
        )


def _ensure_repeats(repeats: Repeats) -> None:
    if not 1 <= repeats.first_after <= LATEST_FIRST:
        raise RuleBroken(f"Send the first reminder 1 to {LATEST_FIRST} days after the due date.", field="first_after")
    if repeats.repeat_every is not None and not 1 <= repeats.repeat_every <= LONGEST_GAP:
        raise RuleBroken(f"Repeat reminders every 1 to {LONGEST_GAP} days.", field="repeat_every")


def _ensure_lead_keeps_repeats(repeats: Repeats, without: Sequence[Policy]) -> None:
    earliest = min((policy.first_after for policy in without), default=LATEST_FIRST)
    if repeats.first_after > earliest:
        raise RuleBroken(
            f"The first reminder cannot be later than in the national settings ({_days(earliest)} after the due date). "
            "Ask an administrator if you need a later one.",
            field="first_after",
        )
    if repeats.repeat_every is None and any(policy.repeat_every is not None for policy in without):
        raise RuleBroken(
            "You cannot turn off repeat reminders, because the national settings include them. Ask an administrator if "
            "you need to.",
            field="how_often",
        )


def _ensure_rungs(rungs: tuple[EscalationStage, ...]) -> None:
    steps = [
        ("lead_after", rung_of(rungs, Audience.LEAD)),
        ("chair_after", rung_of(rungs, Audience.CHAIR)),
        ("group_after", rung_of(rungs, Audience.GOVERNANCE)),
    ]
    climbed = [(field, days) for field, days in steps if days is not None]
    for field, days in climbed:
        if not 1 <= days <= LATEST_RUNG:
            raise RuleBroken(f"Enter 1 to {LATEST_RUNG} days after the due date.", field=field)
    for (_, lower), (field, days) in zip(climbed, climbed[1:], strict=False):
        if days <= lower:
            raise RuleBroken("Each escalation stage needs to be later than the one before it.", field=field)


def _ensure_group_is_notified(
    rungs: tuple[EscalationStage, ...], without: Sequence[Policy], *, by_a_lead: bool
) -> None:
    days, national = rung_of(rungs, Audience.GOVERNANCE), group_rung_of(without)
    if national is None:
        return
    if days is None:
        raise RuleBroken("Enter the number of days after which we email the governance group.", field="group_after")
    if by_a_lead and days > national:
        raise RuleBroken(
            f"The email to your governance group cannot be later than in the national settings ({_days(national)} "
            "after the due date). Ask an administrator if you need a later one.",
            field="group_after",
        )


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
