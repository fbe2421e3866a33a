"""What people did to the parts of a milestone, each event in one sentence."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.web.wording import day

CHANGED = {
    "title": "the title",
    "stage": "the stage",
    "lead_organisation_id": "the lead organisation",
    "evidence_asked": "the evidence to add",
    "duty_basis": "the legal basis",
    "duty_citation": "the legal basis",
    "date_basis": "the basis of the date",
    "date_citation": "the basis of the date",
    "order": "what to finish first",
}
NO_LONGER_KEPT = "someone whose name we no longer keep"


def event_words(event: AuditEvent, who: str, names: Mapping[int, str]) -> str | None:
    """The sentence for an event about the parts of a milestone, or what officials do with it; None for any other."""
    if event.action == "owner-changed":
        return _owner_words(event, who, names)
    title = event.after.get("title") or event.before.get("title") or ""
    received_on = _day(event.after.get("received_on"))
    return {
        "update-asked": f"{who} requested an update by {_day(event.after.get('reply_by'))}",
        "update-answered": f"{who} answered an update request",
        "explanation-shared": f"{who} shared the explanation with the Scottish Government",
        "received": f"{who} recorded that the Scottish Government received this on {received_on}",
        "receipt-undone": f"{who} removed the record that the Scottish Government received this",
        "history-recorded": f"{who} added this to the past records"
        + (", on behalf of the partnership" if event.after.get("on_behalf") else ""),
        "answered-by-mail": _answer_words(event, who),
        "contact-asked": f"{who} added a contact",
        "contact-not-asked": f"{who} removed a contact",
        "dropped": f"{who} dropped this",
        "added": f"{who} added this",
        "edited": f"{who} changed {_listed(event.after)}",
        "evidence-added": f"{who} added evidence: {title}",
        "evidence-removed": f"{who} removed evidence: {title}",
        "predecessor-added": f"{who} added a milestone to finish first: {title}",
        "predecessor-removed": f"{who} removed a milestone to finish first: {title}",
        "reference-corrected": f"{who} corrected {_listed(event.after)}, as the reference data had an error",
        "minute-corrected": _minute_words(event, who),
        "sub-task-added": f"{who} added a sub-task: {title}",
    }.get(event.action)


def _minute_words(event: AuditEvent, who: str) -> str:
    before, after = (one.get("made_at") or "no meeting or minute" for one in (event.before, event.after))
    return f"{who} corrected the meeting or minute of a decision of the group: {before}, now {after}"


def _owner_words(event: AuditEvent, who: str, names: Mapping[int, str]) -> str:
    owner_id = event.after.get("owner_id")
    if owner_id is None:
        return f"{who} removed the owner"
    if owner_id == event.actor_id:
        return f"{who} became the owner"
    return f"{who} made {names.get(owner_id, NO_LONGER_KEPT)} the owner"


def _answer_words(event: AuditEvent, who: str) -> str:
    answered = {
        "done": "done",
        "on-track": "on track",
        "needs-a-new-date": f"needs a new date, {_day(event.after.get('new_date'))}",
    }.get(str(event.after.get("kind")), "")
    return f"{'A contact' if event.after.get('contact_id') else who} replied by email link: {answered}"


def _listed(changed: Mapping[str, object]) -> str:
    found = list(dict.fromkeys(words for name, words in CHANGED.items() if name in changed))
    return " and ".join((", ".join(found[:-1]), found[-1])) if len(found) > 1 else "".join(found)


def _day(value: Any) -> str:
    return day(date.fromisoformat(value)) if value else day(None)
