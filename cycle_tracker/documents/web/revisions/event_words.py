"""What happened to the revision of a plan, each event in one sentence."""

from datetime import date
from typing import Any

from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.web.wording import day

# Officials see all of these.
SHARED = frozenset({"revision-begun", "revision-moved", "revision-abandoned", "revision-taken-up"})


def revision_words(event: AuditEvent, who: str) -> str | None:
    """The sentence for an event about a revision in preparation; None for any other."""
    before, after = event.before, event.after
    told = {
        "revision-begun": f"{who} started to revise the plan. Target date: {_day(after)}",
        "revision-moved": f"{who} moved the target date of the revision from {_day(before)} to {_day(after)}",
        "revision-abandoned": f"{who} abandoned the revision that was due to be agreed by {_day(before)}",
        "revision-taken-up": f"{who} took the abandoned revision up again. Target date: {_day(after)}",
    }
    return told.get(event.action)


def _day(values: dict[str, Any]) -> str:
    value = values.get("target_on")
    return day(date.fromisoformat(value)) if value else "a date that is not known"
