"""A decision of a governance group in words, on every page that tells of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from cycle_tracker.core import addresses
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.wording import day, moment


@dataclass(frozen=True)
class DecisionRow:
    """One decision. `step_address` is the page of the next steps that it asked for, and `minutes` where the minutes of
    its meeting are, where that is a web address."""

    outcome: str
    what: str
    reason: str
    made: str
    meeting: str
    when: str
    step_address: str = ""
    minutes: str = ""


def decision_lines(decisions: Iterable[Decision]) -> list[DecisionRow]:
    """Decisions as they stand in a list."""
    return [
        DecisionRow(
            outcome=one.outcome.label,
            what=what_was_decided(one),
            reason=one.text,
            made=made_by(one),
            meeting=meeting_words(one),
            when=moment(one.recorded_at),
            step_address=_step_address(one),
            minutes=minutes_address(one.meeting.minutes) if one.meeting else "",
        )
        for one in decisions
    ]


def what_was_decided(decision: Decision) -> str:
    """The outcome with its facts: `Next steps requested: “Send the draft”, Ailsa Grant, by 3 October 2026`."""
    step = decision.next_step
    if decision.outcome is DecisionOutcome.NEXT_STEPS and step is not None:
        return f"{decision.outcome.label}: {_step_words(step)}"
    if decision.outcome is DecisionOutcome.NEW_DATE:
        return f"{decision.outcome.label}: {day(decision.expected_on)}"
    if decision.outcome is DecisionOutcome.REFER_ON:
        return f"{decision.outcome.label} to {decision.referred_to}"
    return decision.outcome.label


def deed_of(decision: Decision) -> str:
    """What the group did, to follow its name: `referred this to the board`."""
    if decision.outcome is DecisionOutcome.REFER_ON:
        return f"referred this to {decision.referred_to}"
    if decision.outcome is DecisionOutcome.NEXT_STEPS and decision.next_step is not None:
        return f"asked for next steps: {_step_words(decision.next_step)}"
    if decision.outcome is DecisionOutcome.NEW_DATE:
        return f"agreed a new expected date of {day(decision.expected_on)}"
    return "decided to take no action"


def made_by(decision: Decision) -> str:
    """Who decided: a member by name, or the group, with the clerk who recorded it."""
    if decision.made_by is not None:
        return f"Made by {decision.made_by.name}"
    return f"Made by the group, recorded by {decision.recorded_by.name} (clerk)"


def meeting_words(decision: Decision) -> str:
    """At which meeting, and the reference of its minute; empty where neither was recorded."""
    words = []
    if decision.meeting is not None:
        title = f", {decision.meeting.title}" if decision.meeting.title else ""
        words.append(f"Meeting of {day(decision.meeting.held_on)}{title}")
    if decision.minute:
        words.append(f"minute {decision.minute}" if words else f"Minute {decision.minute}")
    return ", ".join(words)


def minutes_address(minutes: str) -> str:
    """Where the minutes are, where what was recorded is a web address."""
    return minutes if minutes.lower().startswith(("https://", "http://")) else ""


def _step_words(step: Milestone) -> str:
    return f"“{step.title}”, {step.owner.name if step.owner else 'no owner'}, by {day(step.due_on)}"


def _step_address(decision: Decision) -> str:
    step = decision.next_step
    return addresses.milestone(step.partnership.slug, step.key) if step and step.partnership else ""
