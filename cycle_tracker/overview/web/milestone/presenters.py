"""The milestone page in words: what a person sees of a milestone, and what they may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import LATE, DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State, is_allowed
from cycle_tracker.documents.queries.documents import facts_of
from cycle_tracker.documents.rules.documents import document_state, lag_days
from cycle_tracker.milestones.queries.milestones import government_copy, holds
from cycle_tracker.milestones.web.details import Dates, Detail, dates_for, detail_for
from cycle_tracker.milestones.web.other_changes import Link, other_changes
from cycle_tracker.milestones.web.places import place_wording, seen_by
from cycle_tracker.models import DateChange, Escalation, Milestone, Publication
from cycle_tracker.overview.web.milestone.entries import Entry
from cycle_tracker.overview.web.milestone.histories import NoticeRow
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.wording import (
    NO_DATE,
    Status,
    count,
    date_basis_wording,
    date_name,
    day,
    document_status,
    due_wording,
    duty_wording,
    lag_wording,
    milestone_status,
)


@dataclass(frozen=True)
class Facts:
    """What the page is made from: the milestone, and what was read beside it."""

    milestone: Milestone
    publication: Publication | None = None
    shared: DateChange | None = None
    explanation: DateChange | None = None
    escalation: Escalation | None = None
    unfinished: Sequence[Milestone] = ()


@dataclass(frozen=True)
class Explanation:
    """A new expected date with its explanation."""

    heading: str
    text: str
    seen_by: str


@dataclass(frozen=True)
class MilestonePage:
    """The page of one milestone for one person."""

    title: str
    label: str
    status: Status | None
    seen_by: str
    dates: list[Row]
    about: list[Row]
    warnings: list[str]
    actions: frozenset[str]
    others: list[Link]
    dropped: str = ""
    explanation: Explanation | None = None
    can_be_explained: bool = False
    escalation_id: int | None = None
    history: list[Entry] = field(default_factory=list)
    notices: list[NoticeRow] | None = None


def milestone_page(
    facts: Facts, viewer: Viewer, today: date, *, history: list[Entry], notices: list[NoticeRow] | None
) -> MilestonePage:
    """The page of a milestone that the person may see."""
    milestone = facts.milestone
    detail = detail_for(viewer, milestone)
    state = _document_state(facts, today)
    actions = _actions(facts, viewer)
    in_full = detail is not Detail.DATES
    return MilestonePage(
        title=milestone.title,
        label=place_wording(milestone),
        status=status_of(facts, detail, today) if in_full else None,
        seen_by=seen_by(milestone),
        dates=[*date_rows(facts, detail, today), *_owner_rows(facts, detail)],
        about=_about(facts, detail) if in_full else [],
        warnings=_warnings(facts) if detail is Detail.EVERYTHING else [],
        actions=actions,
        others=other_changes(milestone, viewer),
        dropped=milestone.reason if milestone.state is State.DROPPED and detail is Detail.EVERYTHING else "",
        explanation=explanation_of(facts, detail),
        can_be_explained=detail is Detail.EVERYTHING and state in LATE and explanation_of(facts, detail) is None,
        escalation_id=_escalation_id(facts, viewer),
        history=history,
        notices=notices,
    )


def status_of(facts: Facts, detail: Detail, today: date) -> Status:
    """The tag: the officials' word for a document, otherwise what people and the clock made of it."""
    state = _document_state(facts, today)
    if state is not None:
        return document_status(state)
    milestone = facts.milestone
    notify_from = milestone.partnership.notify_from if milestone.partnership else None
    return milestone_status(_dates(facts, detail), today, notify_from)


def date_rows(facts: Facts, detail: Detail, today: date) -> list[Row]:
    """Every date of a milestone, how long the guidance date has passed, and the lag of a report."""
    milestone, dates = facts.milestone, _dates(facts, detail)
    rows = []
    if milestone.is_open:
        rows.append(Row("Expected by", _expected_by(milestone, dates, today)))
    elif dates.due_on is not None:
        rows.append(Row("Expected by", day(dates.due_on)))
    if dates.target_on is not None:
        rows.append(Row(date_name(dates.date_basis).capitalize(), _target(dates, today)))
    if dates.opens_on is not None and milestone.is_open:
        rows.append(Row("Opens", day(dates.opens_on)))
    if milestone.state is State.DONE:
        rows.append(Row("Published" if milestone.is_document else "Done", _first_upper(day(_ended_on(facts)))))
    lag = _lag(facts, today)
    if lag:
        rows.append(Row("Lag of the report", lag))
    return rows


def explanation_of(facts: Facts, detail: Detail) -> Explanation | None:
    """The explanation of the date worked to that the person may read, if there is one."""
    change = facts.explanation if detail is Detail.EVERYTHING else facts.shared
    if change is None or detail is Detail.DATES or change.new_due_on != facts.milestone.due_on:
        return None
    return Explanation(
        heading=f"New expected date: {day(change.new_due_on)}",
        text=change.reason,
        seen_by="Shared with Scottish Government." if change.shared else "Not shared with Scottish Government.",
    )


def _dates(facts: Facts, detail: Detail) -> Dates:
    shared = {facts.milestone.id: facts.shared} if facts.shared else {}
    return dates_for(detail, facts.milestone, shared)


def _document_state(facts: Facts, today: date) -> DocumentState | None:
    if not facts.milestone.is_document:
        return None
    publication = facts.publication
    notified = publication is not None and government_copy(publication) is not None
    return document_state(facts_of(facts.milestone, publication, facts.shared, notified=notified), today)


def _expected_by(milestone: Milestone, dates: Dates, today: date) -> str:
    if dates.due_on is None:
        return f"{NO_DATE}: {milestone.date_citation}" if milestone.date_citation else NO_DATE
    if dates.expected_date:
        passed = days_past(dates.due_on, today)
        return f"{day(dates.due_on)}, {count(passed, 'day')} ago" if passed else day(dates.due_on)
    return due_wording(dates, today)


def _target(dates: Dates, today: date) -> str:
    """The guidance date, and how long it had passed when it was done, or has passed today."""
    passed = days_past(dates.target_on, dates.done_on or today)
    if not passed or (dates.state is State.DONE and dates.done_on is None):
        return day(dates.target_on)
    return f"{day(dates.target_on)}, {'done ' if dates.done_on else ''}{count(passed, 'day')} past it"


def _ended_on(facts: Facts) -> date | None:
    return facts.publication.published_on if facts.publication else facts.milestone.done_on


def _lag(facts: Facts, today: date) -> str:
    milestone = facts.milestone
    if milestone.kind is not Kind.ANNUAL_REPORT:
        return ""
    published = facts.publication is not None or milestone.state is State.DONE
    if published and _ended_on(facts) is None:
        return "Not known: the date of publication is not known"
    return lag_wording(lag_days(milestone.reports_on, _ended_on(facts), today), published=published)


def _owner_rows(facts: Facts, detail: Detail) -> list[Row]:
    if detail is not Detail.EVERYTHING:
        return []
    owner = facts.milestone.owner
    if owner is None:
        return [Row("Owner", "Nobody yet")]
    return [Row("Owner", owner.name if owner.active else f"{owner.name} (has left)")]


def _about(facts: Facts, detail: Detail) -> list[Row]:
    milestone = facts.milestone
    rows = [
        Row("Duty", _first_upper(duty_wording(milestone))),
        Row("Date", _first_upper(date_basis_wording(milestone))),
    ]
    if milestone.lead_organisation:
        rows.append(Row("Lead organisation", milestone.lead_organisation.name))
    if milestone.evidence_asked and detail is not Detail.EVERYTHING:  # who sees everything has it beside the evidence
        rows.append(Row("Evidence asked for", milestone.evidence_asked))
    return rows


def _warnings(facts: Facts) -> list[str]:
    if not facts.milestone.is_open:
        return []
    return [f"{one.title}: {one.state.label.lower()}" for one in facts.unfinished]


def _actions(facts: Facts, viewer: Viewer) -> frozenset[str]:
    """What the person may do here, by the name of its form."""
    milestone = facts.milestone
    found = set()
    if milestone.is_open and holds(viewer, Permission.CHANGE_OWN_MILESTONES, milestone):
        found |= {"start"} if milestone.state is State.NOT_STARTED else set()
        found |= set() if milestone.is_document else {"finish"}
    if milestone.is_document and holds(viewer, Permission.RECORD_PUBLICATION, milestone):
        if facts.publication is None and (milestone.state is State.DONE or is_allowed(milestone.state, State.DONE)):
            found.add("record")
        elif facts.publication is not None and government_copy(facts.publication) is None:
            found.add("tell")
    return frozenset(found)


def _escalation_id(facts: Facts, viewer: Viewer) -> int | None:
    """The escalation that waits for the group, for those who may read it."""
    if facts.escalation is None or not viewer.can(Permission.READ_ESCALATIONS, facts.milestone.partnership_id):
        return None
    return facts.escalation.id


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
