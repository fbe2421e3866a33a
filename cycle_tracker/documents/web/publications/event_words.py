"""What people recorded of a document, each event in one sentence."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cycle_tracker.core.kinds import Agreed, Manner
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.publication import Version
from cycle_tracker.web.wording import count, day

# Events that officials see as well.
SHARED = frozenset(
    {
        *("draft-published", "interim-published", "newer-version-published", "publication-undone"),
        *("prepared", "prepared-recorded", "prepared-undone", "not-required", "reopened"),
    }
)

FACTS = {
    "version": "the version",
    "published_on": "the publication date",
    "newer_on": "the date of the newer version",
    "interim_until": "the last day of the interim plan",
    "addresses": "the addresses",
}


def document_event_words(event: AuditEvent, who: str) -> str | None:
    """The sentence for an event about publication, approvals and copies; None for any other."""
    sentences: dict[str, Callable[[AuditEvent, str], str]] = {
        "draft-published": _draft_words,
        "interim-published": _interim_words,
        "publication-undone": _undone_words,
        "prepared": _prepared_words,
        "report-published": lambda _event, _who: "The report is complete",
        "prepared-recorded": lambda event, who: (
            f"{who} recorded that the plan was prepared on {_day(event.after.get('prepared_on'))}"
        ),
        "prepared-undone": lambda event, who: (
            f"{who} undid the date the plan was prepared, {_day(event.before.get('prepared_on'))}"
        ),
        "draft-replaced": lambda _event, who: f"{who} recorded the document itself, after the draft",
        "publication-corrected": _correction_words,
        "newer-version-published": _newer_words,
        "copy-kept": lambda _event, who: f"{who} kept a copy here: {_event.after.get('name', '')}",
        "kept-copy-removed": lambda _event, who: f"{who} removed the kept copy: {_event.before.get('name', '')}",
        "copy-sent": _sent_words,
        "copy-being-sent": _being_sent_words,
        "copy-accepted": _accepted_words,
        "copy-not-sent": _not_sent_words,
        "copy-corrected": _copy_words,
        "copy-taken-back": lambda event, who: f"{who} removed the copy to {event.before.get('receiver', '')}",
        "approval-recorded": _approval_words,
        "approval-corrected": _corrected_approval_words,
        "approval-taken-back": lambda event, who: f"{who} removed the approval of {event.before.get('body', '')}",
        "date-set-anew": _date_words,
        "not-required": lambda _event, who: f"{who} marked this as not required",
    }
    words = sentences.get(event.action)
    return words(event, who) if words else None


def _draft_words(event: AuditEvent, who: str) -> str:
    return f"{who} recorded a draft, published on {_day(event.after.get('published_on'))}"


def _interim_words(event: AuditEvent, who: str) -> str:
    until = event.after.get("interim_until")
    words = f"{who} recorded a one-year or interim plan, published on {_day(event.after.get('published_on'))}"
    return f"{words}, until {_day(until)}" if until else words


def _undone_words(event: AuditEvent, who: str) -> str:
    where = [one["address"] for one in event.before.get("addresses", [])]
    at = f", at {', '.join(where)}" if where else ""
    published_on = event.before.get("newer_on") or event.before.get("published_on")
    return f"{who} undid the record that this was published on {_day(published_on)}{at}"


def _prepared_words(event: AuditEvent, who: str) -> str:  # noqa: ARG001  nobody did it: it follows from what was recorded
    done_on = event.after.get("done_on")
    return f"The plan counts as prepared from {_day(done_on)}" if done_on else "The plan is prepared, date not known"


def _correction_words(event: AuditEvent, who: str) -> str:
    changed = [words for name, words in FACTS.items() if event.before.get(name) != event.after.get(name)]
    added = _added_addresses(event)
    if added and changed == [FACTS["addresses"]]:
        return f"{who} added {count(len(added), 'web address', 'web addresses')}: {', '.join(added)}"
    words = f"{who} corrected {_listed(changed)}" if changed else f"{who} confirmed the publication details"
    moved = [name for name in ("published_on", "newer_on") if event.before.get(name) != event.after.get(name)]
    if len(moved) == 1:
        words += f", from {_day(event.before.get(moved[0]))} to {_day(event.after.get(moved[0]))}"
    return words


def _added_addresses(event: AuditEvent) -> list[str]:
    """The addresses that were added, if those before them stayed as they were."""
    before, after = (values.get("addresses", []) for values in (event.before, event.after))
    if any(one not in after for one in before):
        return []
    return [one["address"] for one in after if one not in before]


def _newer_words(event: AuditEvent, who: str) -> str:
    version = Version(event.after["version"]).label.lower()
    words = f"{who} recorded the {version} version, published on {_day(event.after.get('newer_on'))}"
    before = Version(event.before["version"]).label.lower()
    earlier_on = event.before.get("newer_on") or event.before.get("published_on")
    where = [one["address"] for one in event.before.get("addresses", [])]
    at = f", at {', '.join(where)}" if where else ""
    return f"{words}. The earlier version was {before}, published on {_day(earlier_on)}{at}"


def _sent_words(event: AuditEvent, who: str) -> str:
    return f"{who} recorded the copy to {event.after.get('receiver', '')}, sent on {_day(event.after.get('sent_on'))}"


def _being_sent_words(event: AuditEvent, who: str) -> str:
    return f"{who} asked for the copy to {event.after.get('receiver', '')} to be emailed"


def _accepted_words(event: AuditEvent, _who: str) -> str:
    receiver, sent_on = event.after.get("receiver", ""), event.after.get("sent_on")
    return f"The copy to {receiver} was sent on {_day(sent_on)}: its mail server accepted the email"


def _not_sent_words(event: AuditEvent, _who: str) -> str:
    receiver, answer = event.after.get("receiver", ""), event.after.get("answer", "")
    return f"The copy to {receiver} was not sent: {answer}"


def _copy_words(event: AuditEvent, who: str) -> str:
    receiver, after = event.after.get("receiver", ""), event.after
    if after.get("received_on") and not event.before.get("received_on"):
        return f"{who} recorded that {receiver} received its copy on {_day(after['received_on'])}"
    received = f", received on {_day(after['received_on'])}" if after.get("received_on") else ""
    return f"{who} corrected the dates of the copy to {receiver}, sent on {_day(after.get('sent_on'))}{received}"


def _approval_words(event: AuditEvent, who: str) -> str:
    after, manner = event.after, Manner(event.after["manner"])
    body, on = after.get("body", ""), _day(after.get("approved_on"))
    if manner is Manner.DEFERRED:
        meeting = after.get("deferred_to_on")
        to = f"its meeting on {_day(meeting)}" if meeting else "another meeting"
        return f"{who} recorded that {body} deferred its decision on {on} to {to}"
    if manner is Manner.NOT_AGREED:
        return f"{who} recorded that {body} did not agree on {on}"
    return f"{who} recorded {body}’s decision, {manner.label.lower()} on {on}{_more_of_decision(after)}"


def _corrected_approval_words(event: AuditEvent, who: str) -> str:
    before, after = event.before, event.after
    body = after.get("body", "")
    if after.get("signed_off") and not before.get("signed_off"):
        return f"{who} recorded that the changes {body} asked for were signed off on {_day(after.get('signed_off_on'))}"
    words = f"{who} corrected the record of {body}’s decision"
    if any(before.get(name) != after.get(name) for name in ("manner", "approved_on")):
        words += f": {Manner(after['manner']).label.lower()} on {_day(after.get('approved_on'))}"
    return words + (_agreed_words(after) if before.get("agreed") != after.get("agreed") else "")


def _more_of_decision(after: Mapping[str, Any]) -> str:
    if after.get("signed_off"):
        return f". The changes were signed off on {_day(after.get('signed_off_on'))}"
    return _agreed_words(after)


def _agreed_words(after: Mapping[str, Any]) -> str:
    """What was recorded of a body that noted the plan; empty where nobody was asked."""
    words: dict[str, str] = {
        Agreed.YES: ". They recorded that it agreed to the plan",
        Agreed.NO: ". They recorded that it did not agree to the plan",
        Agreed.NOT_KNOWN: ". They recorded that it is not known whether it agreed to the plan",
    }
    return words.get(after.get("agreed") or "", "")


def _date_words(event: AuditEvent, who: str) -> str:
    new = event.after.get("due_on")
    return f"{who} changed the date to {_day(new)}" if new else f"{who} removed the date, so a new one is needed"


def _day(value: Any) -> str:
    return day(date.fromisoformat(value)) if value else "a date that is not known"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
