"""The milestone page in words: what a person sees of a milestone, and what they may do with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.deadlines import is_before_service
from cycle_tracker.core.document_states import LATE
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State, is_allowed
from cycle_tracker.core.wording import upper_first
from cycle_tracker.documents.web.facts import (
    Explanation,
    Facts,
    date_rows,
    document_state_of,
    explanation_of,
    status_of,
)
from cycle_tracker.milestones.queries.milestones import government_copy, government_copy_among, holds
from cycle_tracker.milestones.web.details import Detail, detail_for
from cycle_tracker.milestones.web.entries import Entry
from cycle_tracker.milestones.web.other_changes import ChangeLink, other_changes
from cycle_tracker.milestones.web.places import place_wording, seen_by
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.overview.web.milestone.histories import NoticeRow
from cycle_tracker.reminders.rules.steps import may_wait
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.wording import (
    Status,
    date_basis_wording,
    date_name,
    day,
    duty_wording,
)


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
    others: list[ChangeLink]
    already_sent: str = ""
    dropped: str = ""
    explanation: Explanation | None = None
    can_be_explained: bool = False
    escalation_id: int | None = None
    history: list[Entry] = field(default_factory=list)
    notices: list[NoticeRow] | None = None
    waits: bool = False


def milestone_page(
    facts: Facts,
    viewer: Viewer,
    today: date,
    *,
    escalation: Escalation | None,
    unfinished: Sequence[Milestone],
    history: list[Entry],
    notices: list[NoticeRow] | None,
) -> MilestonePage:
    """The page of a milestone that the person may see."""
    milestone = facts.milestone
    detail = detail_for(viewer, milestone)
    state = document_state_of(facts, today)
    actions = _actions(facts, viewer)
    in_full = detail is not Detail.DATES
    return MilestonePage(
        title=milestone.title,
        label=place_wording(milestone),
        status=status_of(facts, detail, today) if in_full else None,
        seen_by=seen_by(milestone),
        dates=[*date_rows(facts, detail, today), *_owner_rows(facts, detail)],
        about=_about(facts, detail) if in_full else [],
        warnings=_warnings(milestone, unfinished) if detail is Detail.EVERYTHING else [],
        waits=_waits(milestone, unfinished),
        actions=actions,
        others=other_changes(milestone, viewer),
        already_sent=_already_sent(facts) if "record" in actions else "",
        dropped=milestone.reason if milestone.state is State.DROPPED and detail is Detail.EVERYTHING else "",
        explanation=explanation_of(facts, detail),
        can_be_explained=detail is Detail.EVERYTHING and state in LATE and explanation_of(facts, detail) is None,
        escalation_id=_escalation_id(milestone, escalation, viewer),
        history=history,
        notices=notices,
    )


def _owner_rows(facts: Facts, detail: Detail) -> list[Row]:
    if detail is not Detail.EVERYTHING:
        return []
    owner = facts.milestone.owner
    if owner is None:
        return [Row("Owner", "No owner")]
    return [Row("Owner", owner.name if owner.active else f"{owner.name} (has left)")]


def _about(facts: Facts, detail: Detail) -> list[Row]:
    milestone = facts.milestone
    rows = [
        Row("Duty", upper_first(duty_wording(milestone))),
        Row("Date", _date_basis(milestone)),
    ]
    if milestone.lead_organisation:
        rows.append(Row("Lead organisation", milestone.lead_organisation.name))
    if milestone.evidence_asked and detail is not Detail.EVERYTHING:  # who sees everything has it beside the evidence
        rows.append(Row("Evidence asked for", milestone.evidence_asked))
    return rows


def _date_basis(milestone: Milestone) -> str:
    words = date_basis_wording(milestone) if milestone.date_citation else date_name(milestone.date_basis)
    return upper_first(words)


def _warnings(milestone: Milestone, unfinished: Sequence[Milestone]) -> list[str]:
    if not milestone.is_open:
        return []
    return [f"{one.title}: {one.state.label.lower()}" for one in unfinished]


def _waits(milestone: Milestone, unfinished: Sequence[Milestone]) -> bool:
    """True where nobody is reminded that it is late before what comes first is finished (ADR 0033)."""
    if not may_wait(milestone.kind, milestone.duty_basis):
        return False
    of_partnership = [one for one in unfinished if one.partnership_id == milestone.partnership_id]
    return any(one.due_on and not is_before_service(one.due_on, milestone.notify_from) for one in of_partnership)


def _actions(facts: Facts, viewer: Viewer) -> frozenset[str]:
    """What the person may do here, by the name of its form."""
    milestone = facts.milestone
    found = set()
    if milestone.is_open and holds(viewer, Permission.CHANGE_OWN_MILESTONES, milestone):
        found |= {"start"} if milestone.state is State.NOT_STARTED else set()
        found |= set() if milestone.is_done_by_facts else {"finish"}
    if milestone.is_document and holds(viewer, Permission.RECORD_PUBLICATION, milestone):
        if facts.publication is None and (milestone.state is State.DONE or is_allowed(milestone.state, State.DONE)):
            found.add("record")
        elif _is_plan_to_send(facts):
            found.add("tell")
    return frozenset(found)


def _is_plan_to_send(facts: Facts) -> bool:
    """Whether a plan is published and not sent to Scottish Ministers. A report is sent to nobody: recording it is
    enough."""
    publication = facts.publication
    if publication is None or facts.milestone.kind is not Kind.PLAN or not publication.is_document:
        return False
    return government_copy(publication) is None


def _already_sent(facts: Facts) -> str:
    """That the Scottish Government was sent a copy of a plan before the plan is recorded as published."""
    copy = government_copy_among(facts.copies)
    if copy is None:
        return ""
    when = f" on {day(copy.sent_on)}" if copy.sent_on else ""
    return f"A copy is already recorded as sent to the Scottish Government{when}. We will not email another."


def _escalation_id(milestone: Milestone, escalation: Escalation | None, viewer: Viewer) -> int | None:
    """The escalation that waits for the group, for those who may read it."""
    if escalation is None or not viewer.can(Permission.READ_ESCALATIONS, milestone.partnership_id):
        return None
    return escalation.id
