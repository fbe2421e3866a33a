"""What people recorded beside a plan, each event in one sentence."""

from datetime import date
from typing import Any

from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.web.wording import day

# Officials see all of these.
SHARED = frozenset(
    {
        *("own-start-proposed", "own-start-agreed", "own-start-undone"),
        *("disagreement-recorded", "disagreement-corrected", "disagreement-undone"),
        *("direction-recorded", "direction-undone"),
    }
)


def beside_plan_words(event: AuditEvent, who: str) -> str | None:
    """The sentence for an event about what is recorded beside a plan; None for any other."""
    before, after = event.before, event.after
    told = {
        "own-start-proposed": f"{who} recorded the plan’s own start, {_day(after.get('starts_on'))}{_behalf(after)}",
        "own-start-agreed": f"{who} agreed the plan’s own start, {_day(after.get('starts_on'))}",
        "own-start-undone": f"{who} undid the plan’s own start, {_day(before.get('starts_on'))}",
        "disagreement-recorded": f"{who} recorded {_notice(after)}{_behalf(after)}",
        "disagreement-corrected": f"{who} changed the record of {_notice(after)}",
        "disagreement-undone": f"{who} undid the record of {_notice(before)}",
        "direction-recorded": f"{who} recorded {_direction(after)}",
        "direction-undone": f"{who} undid the record of {_direction(before)}",
    }
    return told.get(event.action)


def _notice(values: dict[str, Any]) -> str:
    reasons = "" if values.get("reasons") else ", reasons not recorded"
    return f"a notice of disagreement by {values.get('body', '')}{reasons}"


def _direction(values: dict[str, Any]) -> str:
    section = str(values.get("section", "")).replace("-", " ")
    return f"a direction under {section} to {values.get('given_to', '')}, given on {_day(values.get('given_on'))}"


def _behalf(values: dict[str, Any]) -> str:
    return ", on behalf of the partnership" if values.get("on_behalf") else ""


def _day(value: Any) -> str:
    return day(date.fromisoformat(value)) if value else "a date that is not known"
