"""A revision in preparation, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.queries.document_records import DocumentRecord
from cycle_tracker.documents.rules.facts import progress
from cycle_tracker.documents.rules.revisions import newest_abandoned
from cycle_tracker.documents.web.approvals.presenters import ApprovalRow, approval_rows
from cycle_tracker.documents.web.links import Link, address_of
from cycle_tracker.documents.web.publications.copy_rows import CopyRow, coming_copy_rows
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.approval import Revision
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.wording import count, day

IN_PREPARATION = "Revision in preparation"
STAYS = "Until the revised plan is published, the plan stays published as it is."


@dataclass(frozen=True)
class StepRow:
    """One step of the revision: where its page is, its date and where it stands."""

    title: str
    address: str
    date: str
    state: str


@dataclass(frozen=True)
class ComingPart:
    """What the people of the partnership see besides: the steps, and what is recorded of the version to come."""

    steps: list[StepRow]
    approvals: list[ApprovalRow]
    copies: list[CopyRow]
    copies_words: str
    copy_links: list[Link]


@dataclass(frozen=True)
class RevisionPart:
    """The revision in preparation, if there is one; and what can be done about it."""

    heading: str
    reason: str
    lines: list[str]
    coming: ComingPart | None
    links: list[Link] = field(default_factory=list)


def revision_part(
    plan: Milestone, revisions: Sequence[Revision], coming: ComingPart | None, *, is_published: bool, records: bool
) -> RevisionPart | None:
    """What the person sees of the revisions of a plan; None if there is nothing to see and nothing to do."""
    revision = next((one for one in revisions if one.in_preparation), None)
    if revision is None:
        links = _links_to_begin(plan, revisions) if records and is_published else []
        return RevisionPart("", "", [], None, links) if links else None
    links = []
    if records:
        links = [
            Link("Move the target date", address_of("revisions.move", plan), "of the revision"),
            Link("Abandon the revision", address_of("revisions.abandon", plan)),
        ]
        if is_published:
            links.insert(0, Link("Record the revised version as published", address_of("publications.newer", plan)))
    lines = [
        f"In preparation since {day(london_day(revision.recorded_at))}.",
        f"Target date for the lead bodies to agree it: {day(revision.target_on)}.",
        *([STAYS] if is_published else []),
    ]
    return RevisionPart(IN_PREPARATION, revision.reason, lines, coming, links)


def coming_part(
    record: DocumentRecord,
    steps: Sequence[Milestone],
    viewer: Viewer,
    names: Mapping[int, str],
    *,
    own: int | None,
    today: date,
) -> ComingPart:
    """The steps, approvals and copies of the version to come."""
    records = holds(viewer, Permission.RECORD_PUBLICATION, record.document)
    sent = sum(record.copy_to(one.id) is not None for one in record.receivers)
    links = [Link("Record copies of the revised plan", address_of("copies.record_coming", record.document))]
    return ComingPart(
        steps=[_step(one, today) for one in steps],
        approvals=approval_rows(record, viewer, names, own=own, in_full=True, coming=True),
        copies=coming_copy_rows(record, names, records=records) if record.copies else [],
        copies_words=f"Copies recorded as sent: {sent} of {len(record.receivers)}.",
        copy_links=links if records and record.may_receive else [],
    )


def _links_to_begin(plan: Milestone, revisions: Sequence[Revision]) -> list[Link]:
    links = [Link("Start to revise the plan", address_of("revisions.begin", plan))]
    if newest_abandoned(revisions) is not None:
        links.append(Link("Take the abandoned revision up again", address_of("revisions.take_up", plan)))
    return links


def _step(step: Milestone, today: date) -> StepRow:
    return StepRow(step.title, page_of(step), _date(step), _state(step, today))


def _date(step: Milestone) -> str:
    basis = "local date" if step.date_basis is Basis.LOCAL else "suggested date"
    if step.opens_on is not None and step.due_on is not None:
        return f"{day(step.opens_on)} to {day(step.due_on)} ({basis})"
    return f"{day(step.due_on)} ({basis})" if step.due_on is not None else "No date yet"


def _state(step: Milestone, today: date) -> str:
    if step.state is State.DONE:
        return f"Done, {day(step.done_on)}"
    if not step.is_open:
        return step.state.label
    recorded = progress(step.fact, step.fact_count, step.fact_total)
    late = days_past(step.due_on, today)
    told = [step.state.label, f"{recorded} recorded" if recorded else "", f"{count(late, 'day')} past" if late else ""]
    return ". ".join(one for one in told if one)
