"""What was told to whom, and why, in words: on pages, in files, and where somebody asks why they got a mail."""

from cycle_tracker.core.audiences import Audience, Rung
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.wording import count
from cycle_tracker.reminders.rules.policies import EVERYWHERE, Policy
from cycle_tracker.reminders.rules.reminders import ANSWERED, ASSIGNED, BEFORE, EXPLAIN, ON_DAY, OVERDUE, RAISED, RUNG

AUDIENCE_WORDS = {
    Audience.OWNER: "the owner",
    Audience.LEAD: "the planning leads",
    Audience.CHAIR: "the chair",
    Audience.GOVERNANCE: "the governance group",
    Audience.NATIONAL: "the national group",
    Audience.CONTACT: "the contacts who are asked about it",
}

YOU_ARE = {
    Audience.OWNER: "you owned it then, or were told in place of an owner",
    Audience.LEAD: "you are a planning lead of the partnership",
    Audience.CHAIR: "you chair the governance group",
    Audience.GOVERNANCE: "you are in the governance group",
    Audience.NATIONAL: "you are in the national group",
    Audience.CONTACT: "the partnership asks you about it",
}
"""Why somebody is told, as it is said to them."""

KINDS_TOGETHER = {
    Kind.STEP: "steps",
    Kind.PLAN: "plans",
    Kind.ANNUAL_REPORT: "annual reports",
    Kind.CONSULTATION: "consultations",
    Kind.REVIEW: "reviews",
    Kind.ACTION: "actions",
    Kind.REQUEST: "requests",
    Kind.ALIGNED_REPORT: "aligned reports",
    Kind.SUB_TASK: "sub-tasks",
}
"""A kind as a policy names it."""

_AT_ONCE = {
    ON_DAY: "On the day",
    ASSIGNED: "Given to a new owner",
    ANSWERED: "Answered by a contact",
    EXPLAIN: "Offer to explain, before it shows as outstanding",
    RAISED[Audience.GOVERNANCE]: "Raised to the governance group",
    RAISED[Audience.NATIONAL]: "Raised to the national group",
}


def step_words(step: str) -> str:
    """A step as people read it: `7 days before`, `On the day`, `8 days past its date`."""
    if step in _AT_ONCE:
        return _AT_ONCE[step]
    rung = "first step of the ladder" if step == f"{RUNG}1" else "a step of the ladder"
    for start, words in ((BEFORE, "before"), (OVERDUE, "past its date"), (RUNG, f"past its date ({rung})")):
        days = step.removeprefix(start)
        if step.startswith(start) and days.isdecimal():
            return f"{count(int(days), 'day')} {words}"
    return step.replace("-", " ").capitalize()


def when_words(step: str, date_name: str, due_on: str) -> str:
    """The moment of a step, with its date: `28 days before the guidance date, 30 June 2026`."""
    date_words = f"the {date_name}, {due_on}"
    if step == ON_DAY:
        return f"On {date_words}"
    for start, words in ((BEFORE, "before"), (OVERDUE, "past"), (RUNG, "past")):
        days = step.removeprefix(start)
        if step.startswith(start) and days.isdecimal():
            return f"{count(int(days), 'day')} {words} {date_words}"
    return f"{step_words(step)}: {date_words}"


def policy_words(place: str, kind: Kind, partnership: str) -> str:
    """Which policy gave a step: `the policy for annual reports`, `the policy of Moray for plans`, `the default for
    steps`. `place` is where it was changed, empty for the default."""
    if not place:
        return f"the default for {KINDS_TOGETHER[kind]}"
    if place == EVERYWHERE:
        return "the policy for everything"
    words = f"the policy of {partnership}" if "partnership:" in place else "the policy"
    return f"{words} for {KINDS_TOGETHER[kind]}" if "kind:" in place else words


def before_words(policy: Policy) -> str:
    """The reminders before the day: `28, 14, 7 and 1 days before, and on the day`."""
    days = [str(one) for one in sorted(policy.before, reverse=True) if one]
    on_day = "on the day" if 0 in policy.before else ""
    if not days:
        return on_day.capitalize() or "No reminder before the day"
    listed = f"{', '.join(days[:-1])} and {days[-1]}" if len(days) > 1 else days[0]
    noun = "day" if days == ["1"] else "days"
    return f"{listed} {noun} before{f', and {on_day}' if on_day else ''}"


def repeats_words(policy: Policy) -> str:
    """How often the owner is told that the date has passed: `1 day past it, then every 7 days`."""
    first = f"{count(policy.first_after, 'day')} past it"
    if policy.repeat_every is None:
        return f"{first}, once"
    again = "every day" if policy.repeat_every == 1 else f"every {policy.repeat_every} days"
    return f"{first}, then {again}"


def rungs_words(policy: Policy) -> str:
    """The ladder: `1 day past it: the owner and the planning leads; 14 days past it: the governance group`."""
    return "; ".join(rung_words(rung) for rung in sorted(policy.rungs, key=lambda rung: rung.days)) or "Nobody else"


def rung_words(rung: Rung) -> str:
    """One rung: `14 days past it: the governance group`."""
    return f"{count(rung.days, 'day')} past it: {' and '.join(AUDIENCE_WORDS[one] for one in rung.audiences)}"
