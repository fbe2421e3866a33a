"""A decision of a governance group in words, in emails and on every page that shows it."""

from cycle_tracker.core.clock import london_day
from cycle_tracker.core.wording import day
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.milestone import Milestone

ALSO_LEAD = "who is also a planning lead"


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
    return f"Made by the group, {recorded_by(decision)}"


def recorded_by(decision: Decision) -> str:
    """Who recorded what the group decided: the clerk, and whether they are also a planning lead."""
    who = decision.recorded_by.name
    return f"recorded by {who}, {ALSO_LEAD}" if decision.by_lead else f"recorded by {who} (clerk)"


def confirmation_words(decision: Decision) -> str:
    """Of what a planning lead recorded: which chair was emailed, or that there was none to confirm it. They may have
    left since. Empty for any other decision, and for one that was disputed."""
    if not decision.by_lead or decision.is_disputed:
        return ""
    if decision.chair is None:
        return "There was no other chair to confirm this."
    return f"{decision.chair.name} (chair) was emailed. The chair can dispute this."


def dispute_words(decision: Decision) -> str:
    """Who disputes the decision, since when and why; empty for one that stands."""
    if decision.disputed_by is None or decision.disputed_at is None:
        return ""
    return (
        f"{decision.disputed_by.name} (chair) disputed this on {day(london_day(decision.disputed_at))}: "
        f"“{decision.dispute}”"
    )


def meeting_words(decision: Decision) -> str:
    """At which meeting, and the reference of its minute; empty where neither was recorded."""
    words = []
    if decision.meeting is not None:
        title = f", {decision.meeting.title}" if decision.meeting.title else ""
        words.append(f"Meeting of {day(decision.meeting.held_on)}{title}")
    if decision.minute:
        words.append(f"minute {decision.minute}" if words else f"Minute {decision.minute}")
    return ", ".join(words)


def _step_words(step: Milestone) -> str:
    return f"“{step.title}”, {step.owner.name if step.owner else 'no owner'}, by {day(step.due_on)}"
