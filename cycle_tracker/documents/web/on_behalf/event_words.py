"""Disputes about what officials recorded, each event in one sentence."""

from cycle_tracker.core.kinds import OnBehalf
from cycle_tracker.models.audit import AuditEvent

# Officials see both.
SHARED = frozenset({"record-disputed", "dispute-settled"})


def on_behalf_words(event: AuditEvent, who: str) -> str | None:
    """The sentence for an event about a dispute; None for any other."""
    if event.action not in SHARED:
        return None
    did = "disputed" if event.action == "record-disputed" else "answered the dispute about"
    return f"{who} {did} what was recorded on behalf of the partnership: {OnBehalf(event.after['what']).label.lower()}"
