"""Labels and sentences for who was notified of what, and why: on pages, in files, and where someone asks why they got
an email."""

from collections.abc import Sequence
from dataclasses import replace

from cycle_tracker.core.audiences import Audience, EscalationStage
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.wording import count, listed
from cycle_tracker.reminders.rules.policies import EVERYWHERE, Policy
from cycle_tracker.reminders.rules.steps import (
    ANSWERED,
    ASSIGNED,
    BEFORE,
    EXPLAIN,
    ON_DAY,
    OPENS,
    OVERDUE,
    RAISED,
    RUNG,
    UNDECIDED,
)

AUDIENCE_WORDS = {
    Audience.OWNER: "the owner",
    Audience.LEAD: "the planning leads",
    Audience.CHAIR: "the chair",
    Audience.GOVERNANCE: "the governance group",
    Audience.NATIONAL: "the Scottish Government escalation group",
    Audience.CONTACT: "the contacts asked about it",
}

# Why someone was emailed, as it is said to them.
YOU_ARE = {
    Audience.OWNER: "you owned it then, or it had no owner",
    Audience.LEAD: "you are a planning lead of the partnership",
    Audience.CHAIR: "you chair the governance group",
    Audience.GOVERNANCE: "you are in the governance group",
    Audience.NATIONAL: "you are in the Scottish Government escalation group",
    Audience.CONTACT: "the partnership asked you about it",
}

# A kind as a policy names it.
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

_AT_ONCE = {
    OPENS: "First working day on which it can be written",
    ON_DAY: "On the day",
    ASSIGNED: "Given to a new owner",
    ANSWERED: "Answered by a contact",
    EXPLAIN: "Time to explain, before it is outstanding",
    RAISED[Audience.GOVERNANCE]: "Escalated to the governance group",
    RAISED[Audience.NATIONAL]: "Escalated to the Scottish Government escalation group",
}


DOCUMENT_WITH_GROUP = (
    "The document that it is for was escalated to the governance group, so we do not escalate this as well. The owner "
    "still gets reminders."
)


def waits_words(unfinished: Sequence[str]) -> str:
    """Why nobody is reminded that something is late which depends on milestones of these titles."""
    are = "is" if len(unfinished) == 1 else "are"
    return (
        f"It depends on {listed([f'“{title}”' for title in unfinished])}, which {are} not finished. Until then we do "
        "not send reminders that this is overdue, and do not escalate it."
    )


def step_words(step: str) -> str:
    """A step as people read it: `7 days before`, `On the day`, `8 days after`."""
    if step in _AT_ONCE:
        return _AT_ONCE[step]
    if step.startswith(UNDECIDED):
        return f"Waiting for a decision for {count(int(step.removeprefix(UNDECIDED)), 'day')}"
    stage = "first escalation stage" if step == f"{RUNG}1" else "escalation stage"
    for start, words in ((BEFORE, "before"), (OVERDUE, "after"), (RUNG, f"after ({stage})")):
        days = step.removeprefix(start)
        if step.startswith(start) and days.isdecimal():
            return f"{count(int(days), 'day')} {words}"
    return step.replace("-", " ").capitalize()


def when_words(step: str, date_name: str, due_on: str) -> str:
    """The moment of a step, with its date: `28 days before the guidance date, 30 June 2026`."""
    date_words = f"the {date_name}, {due_on}"
    if step == ON_DAY:
        return f"On {date_words}"
    for start, words in ((BEFORE, "before"), (OVERDUE, "after"), (RUNG, "after")):
        days = step.removeprefix(start)
        if step.startswith(start) and days.isdecimal():
            return f"{count(int(days), 'day')} {words} {date_words}"
    return f"{step_words(step)} ({date_name} {due_on})"


def policy_words(place: str, kind: Kind, partnership: str) -> str:
    """Which settings gave a step: `the national settings for annual reports`, `the settings that Moray chose for
    plans`, `the standard settings for steps`. `place` is where they were changed, empty for the standard."""
    if not place:
        return f"the standard settings for {KINDS_TOGETHER[kind]}"
    if place == EVERYWHERE:
        return "the national settings for all milestones"
    words = f"the settings that {partnership} chose" if "partnership:" in place else "the national settings"
    return f"{words} for {KINDS_TOGETHER[kind]}" if "kind:" in place else words


def before_words(policy: Policy) -> str:
    """The reminders before the day: `28, 14, 7 and 1 days before, and on the day`."""
    if policy.opens:
        days_before = before_words(replace(policy, opens=False))
        return f"On the first working day on which it can be written, then {days_before[:1].lower()}{days_before[1:]}"
    days = [str(one) for one in sorted(policy.before, reverse=True) if one]
    on_day = "on the day" if 0 in policy.before else ""
    if not days:
        return on_day.capitalize() or "No reminders before the due date"
    listed = f"{', '.join(days[:-1])} and {days[-1]}" if len(days) > 1 else days[0]
    noun = "day" if days == ["1"] else "days"
    return f"{listed} {noun} before{f', and {on_day}' if on_day else ''}"


def repeats_words(policy: Policy) -> str:
    """How often the owner is reminded after the date: `1 day after, then every 7 days until 57 days after, then every
    28 days`."""
    first, gaps = f"{count(policy.first_after, 'day')} after", policy.repeat_every
    if gaps is None:
        return f"{first}, once"
    again = f"{first}, then {_every(gaps.first)}"
    return again if gaps.later is None else f"{again} until {gaps.until} days after, then {_every(gaps.later)}"


def _every(days: int) -> str:
    return "every day" if days == 1 else f"every {days} days"


def rungs_words(policy: Policy) -> str:
    """The escalation: `1 day after: owner and planning leads; 14 days after: governance group`."""
    return "; ".join(rung_words(rung) for rung in sorted(policy.rungs, key=lambda rung: rung.days)) or "No escalation"


def rung_words(rung: EscalationStage) -> str:
    """One stage: `14 days after: governance group`, `28 days after: governance group (no email)`."""
    audiences = " and ".join(AUDIENCE_WORDS[one].removeprefix("the ") for one in rung.audiences)
    return f"{count(rung.days, 'day')} after: {audiences}{'' if rung.by_email else ' (no email)'}"
