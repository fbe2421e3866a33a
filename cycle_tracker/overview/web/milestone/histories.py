"""What happened to a milestone in plain sentences, and the notices it has had."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cycle_tracker.core.clock import london_day
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.documents.web.beside_plan.event_words import SHARED as SHARED_OF_PLANS
from cycle_tracker.documents.web.beside_plan.event_words import beside_plan_words
from cycle_tracker.documents.web.on_behalf.event_words import SHARED as SHARED_ON_BEHALF
from cycle_tracker.documents.web.on_behalf.event_words import on_behalf_words
from cycle_tracker.documents.web.publications.event_words import SHARED as SHARED_OF_DOCUMENTS
from cycle_tracker.documents.web.publications.event_words import document_event_words
from cycle_tracker.documents.web.revisions.event_words import SHARED as SHARED_OF_REVISIONS
from cycle_tracker.documents.web.revisions.event_words import revision_words
from cycle_tracker.milestones.web.entries import Entry, name_of
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.notice import Ending
from cycle_tracker.overview.queries.histories import History, SentNotice
from cycle_tracker.overview.web.milestone.change_words import change_entries
from cycle_tracker.overview.web.milestone.escalation_entries import escalation_entries
from cycle_tracker.overview.web.milestone.event_words import event_words
from cycle_tracker.reminders.rules.notice_words import AUDIENCE_WORDS, step_words
from cycle_tracker.web.wording import day, moment

# So many overtaken steps are each named; of more, the first and the last.
LISTED_STEPS = 3

# So many sentences say what changed while somebody had the page open.
NEWEST = 3

OF_OFFICIALS = frozenset(
    {"update-asked", "update-answered", "explanation-shared", "received", "receipt-undone", "history-recorded"}
)
# Events of a document that officials see.
SHARED_EVENTS = frozenset({"published", "told-government"}).union(
    SHARED_OF_DOCUMENTS, SHARED_OF_PLANS, SHARED_OF_REVISIONS, SHARED_ON_BEHALF, OF_OFFICIALS
)


@dataclass(frozen=True)
class NoticeRow:
    """One notice: what it said, to whom, when it was written and what became of it."""

    step: str
    to: str
    queued: str
    outcome: str
    note: str


def sentences(history: History, *, shared_only: bool) -> list[Entry]:
    """What happened, newest first; with `shared_only`, only what officials may see of it."""
    entries = [
        _of_event(event, history.names) for event in history.events if not shared_only or event.action in SHARED_EVENTS
    ]
    entries += change_entries(history, shared_only=shared_only)
    entries += escalation_entries(history, shared_only=shared_only)
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def notice_rows(notices: Iterable[SentNotice], due_on: date | None) -> list[NoticeRow]:
    """The notices that a milestone has had, in words; those for another date than `due_on` name it."""
    return [
        NoticeRow(
            step=step_words(notice.step),
            to=_to(notice),
            queued=moment(notice.queued_at),
            outcome=_outcome(notice),
            note=_note(notice, due_on),
        )
        for notice in notices
    ]


def _of_event(event: AuditEvent, names: Mapping[int, str]) -> Entry:
    who = name_of(event.actor_id, names)
    if for_id := event.after.get("for_id"):
        who = f"{who}, for {name_of(for_id, names)},"
    done_on = _date(event.after.get("done_on"))
    sent_on = _date(event.after.get("sent_on"))
    told = {
        "started": f"{who} started this",
        "finished": f"{who} recorded that this was done on {day(done_on)}" if done_on else f"{who} marked this as done",
        "published": f"{who} recorded this as published on {day(done_on)}"
        if done_on
        else f"{who} recorded this as published, date not known",
        "reopened": f"{who} reopened this",
        "finished-without-details": f"{who} marked this as done, details not known",
        "done-day-moved": f"The date this was done changed to {day(done_on)}"
        if done_on
        else "The date this was done is no longer known",
        "told-government": f"{who} recorded that this was sent to the Scottish Government on {day(sent_on)}"
        if sent_on
        else f"{who} recorded that this was sent to the Scottish Government",
    }
    other = f"{who} recorded a change: {event.action.replace('-', ' ')}"
    of_plan = beside_plan_words(event, who) or on_behalf_words(event, who) or revision_words(event, who)
    of_document = document_event_words(event, who) or of_plan
    what = told.get(event.action) or event_words(event, who, names) or of_document or other
    return Entry(event.at, what, event.reason)


def _to(notice: SentNotice) -> str:
    if notice.unreachable or notice.name is None:
        return f"No one ({AUDIENCE_WORDS[notice.audience]} could not be emailed)"
    return f"{notice.name}, for {AUDIENCE_WORDS[notice.audience]}"


def _outcome(notice: SentNotice) -> str:
    if notice.unreachable:
        return "Could not be sent"
    if notice.mail_state is None:
        return "Not sent" if notice.ending else "Waiting for the next email"
    said = {
        MessageState.QUEUED: "Waiting to be sent",
        MessageState.SENDING: "Being sent",
        MessageState.SENT: f"Sent on {moment(notice.mail_ended_at)}",
        MessageState.FAILED: f"Could not be sent ({notice.mail_trouble})",
        MessageState.WITHDRAWN: "Not sent, because nothing in the email was still true",
    }
    return said[notice.mail_state]


def _note(notice: SentNotice, due_on: date | None) -> str:
    notes = [f"About the due date {day(notice.due_on)}."] if notice.due_on != due_on else []
    if notice.overtook:
        notes.append(f"Also covers: {_overtaken(notice.overtook)}.")
    if notice.ending is Ending.SUPERSEDED and notice.ended_at:
        notes.append(f"Cancelled on {day(london_day(notice.ended_at))}, because the date changed or it was reopened.")
    if notice.ending is Ending.WITHDRAWN and notice.ended_at:
        notes.append(f"Cancelled on {day(london_day(notice.ended_at))} ({notice.ended_why}).")
    return " ".join(notes)


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _overtaken(steps: Sequence[str]) -> str:
    """The steps that were not told for themselves: each of a few, the first and the last of many."""
    words = [_lower_first(step_words(step)) for step in steps]
    if len(words) <= LISTED_STEPS:
        return "; ".join(words)
    return f"{len(words)} earlier reminders, from {words[0]} to {words[-1]}"
