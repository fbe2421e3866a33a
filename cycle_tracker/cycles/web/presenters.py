"""The cycle page in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Basis, Stage
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.document_facts import facts_of
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.documents.rules.gaps import Gap
from cycle_tracker.documents.web.lines import with_progress
from cycle_tracker.milestones.web.details import Detail, dates_for, detail_for
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Task
from cycle_tracker.web.wording import (
    Status,
    count,
    document_status,
    due_wording,
    milestone_status,
    stage_label,
)

STAGE_INTROS = {
    Stage.ANALYSE: "Understand what children and families need, and who should be involved.",
    Stage.PLAN: "Agree priorities, consult and write the plan.",
    Stage.DO: "Send, publish and deliver the plan.",
    Stage.REVIEW: "Review each year and publish the annual report.",
}
# What is said of a duty and of a date, each apart from the other. There is nothing to say of what a partnership set.
DUTIES = {Basis.STATUTE: " Legal duty.", Basis.GUIDANCE: " Set out in guidance."}
DATES = {
    Basis.STATUTE: " Date set in law.",
    Basis.GUIDANCE: " Date set in guidance.",
    Basis.PRACTICE: " Suggested date.",
    Basis.SUGGESTED: " Suggested date.",
}


@dataclass(frozen=True)
class StageTasks:
    """One stage with what the person sees of it."""

    number: int
    title: str
    intro: str
    is_now: bool
    tasks: list[Task]


@dataclass(frozen=True)
class CycleFacts:
    """What was read for the page: milestones with what is published, explained and missing of them."""

    milestones: Sequence[Milestone]
    carried_over: Sequence[Milestone]
    publications: Mapping[int, tuple[Publication, bool]]
    explanations: Mapping[int, DateChange]
    gaps: Mapping[int, Sequence[Gap]]


@dataclass(frozen=True)
class CyclePage:
    """The page of one cycle for one person."""

    stages: list[StageTasks]
    other: list[Task]
    carried_over: list[Task]
    seen_by: str
    calendar: str


def cycle_page(cycle: Cycle, facts: CycleFacts, viewer: Viewer, today: date) -> CyclePage:
    """The four stages in their order, what stands in none of them, and what the cycle before left open."""
    now = cycle.period.stage_on(today)

    def tasks(stage: Stage | None) -> list[Task]:
        return [_task(cycle, one, facts, viewer, today) for one in facts.milestones if one.stage is stage]

    return CyclePage(
        stages=[
            StageTasks(number, stage_label(stage), STAGE_INTROS[stage], stage is now, tasks(stage))
            for number, stage in enumerate(Stage, 1)
        ],
        other=tasks(None),
        carried_over=[_task(cycle, one, facts, viewer, today) for one in facts.carried_over],
        seen_by=_seen_by(viewer, cycle.partnership),
        calendar=f"Current stage: {stage_label(now)}." if now else "",
    )


def _task(cycle: Cycle, milestone: Milestone, facts: CycleFacts, viewer: Viewer, today: date) -> Task:
    detail = detail_for(viewer, milestone)
    dates = dates_for(detail, milestone, facts.explanations)
    summary = f"{with_progress(due_wording(dates, today), milestone, detail)}."
    if detail is Detail.EVERYTHING and (milestone.owner or milestone.is_open):
        summary += f" Owner: {milestone.owner.name}." if milestone.owner else " No owner."
    if detail is not Detail.DATES:
        has_date = milestone.due_on is not None or not milestone.is_open
        summary += DUTIES.get(milestone.duty_basis, "") + (DATES.get(milestone.date_basis, "") if has_date else "")
        summary += _about_document(milestone, facts)
    status = _status(milestone, facts, detail, today)
    return Task(
        title=milestone.title,
        address=url_for("milestones.show", slug=cycle.partnership.slug, key=milestone.key),
        summary=summary,
        status=status.label if status else "",
        colour=status.colour if status else "",
    )


def _about_document(milestone: Milestone, facts: CycleFacts) -> str:
    """Why a document is not required, or how much is missing of what is recorded of it."""
    if milestone.is_document and milestone.state is State.NOT_REQUIRED:
        return f" Not required: {milestone.reason}"
    gaps = facts.gaps.get(milestone.id, ())
    return f" {count(len(gaps), 'detail')} missing." if gaps else ""


def _status(milestone: Milestone, facts: CycleFacts, detail: Detail, today: date) -> Status | None:
    if detail is Detail.DATES:
        return None
    if milestone.is_document:
        publication, notified = facts.publications.get(milestone.id, (None, False))
        explanation = facts.explanations.get(milestone.id)
        return document_status(document_state(facts_of(milestone, publication, explanation, notified=notified), today))
    return milestone_status(dates_for(detail, milestone, facts.explanations), today, milestone.notify_from)


def _seen_by(viewer: Viewer, partnership: Partnership) -> str:
    """Who sees what is on the page in front of this person."""
    if viewer.can(Permission.READ_PARTNERSHIP, partnership.id):
        return (
            f"People in the {partnership.name} partnership, and auditors. Scottish Government officials see the plan, "
            "the annual reports and shared explanations. Administrators see titles and dates."
        )
    if viewer.can(Permission.READ_DOCUMENTS, partnership.id):
        return f"You can see the plan and annual reports of {partnership.name}, not its other milestones."
    return "You can see titles and dates only."
