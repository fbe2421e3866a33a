"""A revision of a plan in preparation: begun, moved, abandoned, taken up again, published, and in preparation again if
the record of that version is undone. Meanwhile the plan stays published as it is."""

from datetime import date, datetime

from sqlalchemy import select, update

from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.documents.queries.revisions.of_plans import find_revision, list_revisions, revision_of, steps_of
from cycle_tracker.documents.rules.revisions import ensure_target, newest_abandoned, next_number
from cycle_tracker.documents.services.facts import settle
from cycle_tracker.documents.services.revisions.steps import add_steps, move_step
from cycle_tracker.documents.services.versions import present_version
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.milestones.services.milestones import drop_milestone, reopen_milestone
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.approval import Approval, Revision
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.notices import silence_past

ANOTHER = "A revision of this plan is already in preparation."
NONE = "No revision of this plan is in preparation. Check the page, then try again."


def begin_revision(plan: Milestone, reason: str, target_on: date, *, by: User, today: date, now: datetime) -> Revision:
    """Start to prepare a revision of a published plan, with its steps dated back from `target_on`.

    What waited for a version to come, because the record of one was undone, is of this one. Raises RuleBroken for what
    is no plan or is not published itself, where one is in preparation, without a reason, and for a target date that has
    passed or lies after the period.
    """
    period = _period_of(plan)
    lock(plan)
    present = present_version(plan)
    if present is None or not present.is_document:
        raise RuleBroken("Only a plan that is recorded as published can be revised.")
    if find_revision(plan) is not None:
        raise RuleBroken(ANOTHER)
    if not reason.strip():
        raise RuleBroken("Enter why the plan is being revised.", field="reason")
    ensure_target(target_on, today, period.end)
    revision = Revision(
        milestone_id=plan.id,
        number=_next_number(plan, period),
        reason=reason.strip(),
        target_on=target_on,
        recorded_by_id=by.id,
        recorded_at=now,
    )
    db.session.add(revision)
    db.session.flush()
    _adopt(plan, revision)
    audit.record_milestone(plan, "revision-begun", by=by, at=now, after=_facts(revision), reason=revision.reason)
    add_steps(plan, revision, period, by=by, today=today, now=now)
    _saved(plan, by=by, now=now)
    return revision


def move_revision(plan: Milestone, target_on: date, reason: str, *, by: User, today: date, now: datetime) -> None:
    """Move the target date: the steps that are not done move with it. One that has a local date keeps that.

    Raises RuleBroken where none is in preparation, for the date that it has or one that cannot be, and without a
    reason.
    """
    period, revision = _period_of(plan), _in_preparation(plan)
    ensure_target(target_on, today, period.end)
    if target_on == revision.target_on:
        raise RuleBroken("This is already the target date.", field="target_on")
    if not reason.strip():
        raise RuleBroken("Enter the reason for moving the target date.", field="reason")
    before, revision.target_on = _facts(revision), target_on
    audit.record_milestone(
        plan, "revision-moved", by=by, at=now, before=before, after=_facts(revision), reason=reason.strip()
    )
    for step in steps_of(plan, revision):
        if step.is_open:
            move_step(step, target_on, reason.strip(), by=by, today=today, now=now)
    _saved(plan, by=by, now=now)


def abandon_revision(plan: Milestone, reason: str, *, by: User, now: datetime) -> None:
    """Abandon the revision in preparation: its steps that are not done are dropped, and those that are done stay.

    What was recorded of it stays with it, and is of no other revision. Raises RuleBroken without a reason, and where
    none is in preparation.
    """
    revision = _in_preparation(plan)
    if not reason.strip():
        raise RuleBroken("Enter the reason for abandoning the revision.", field="reason")
    revision.undone_by_id, revision.undone_at, revision.undone_why = by.id, now, reason.strip()
    audit.record_milestone(
        plan, "revision-abandoned", by=by, at=now, before=_facts(revision), reason=revision.undone_why
    )
    for step in steps_of(plan, revision):
        if step.is_open:
            drop_milestone(step, _why_dropped(revision), by=by, now=now)
    _saved(plan, by=by, now=now)


def take_up_revision(plan: Milestone, reason: str, *, by: User, now: datetime) -> None:
    """Undo that the newest revision was abandoned: it is in preparation again, and so are the steps that were dropped
    with it. Those that a person dropped by themselves stay dropped.

    Raises RuleBroken without a reason, and where there is none to take up or another is in preparation.
    """
    lock(plan)
    revision = newest_abandoned(list_revisions(plan))
    if revision is None:
        raise RuleBroken("No abandoned revision can be taken up again. Check the page, then try again.")
    if find_revision(plan) is not None:  # an older one, whose version was undone meanwhile
        raise RuleBroken(ANOTHER)
    if not reason.strip():
        raise RuleBroken("Enter the reason for taking the revision up again.", field="reason")
    dropped = [one for one in steps_of(plan, revision) if _was_dropped_with(one, revision)]
    revision.undone_by_id, revision.undone_at, revision.undone_why = None, None, ""
    audit.record_milestone(plan, "revision-taken-up", by=by, at=now, after=_facts(revision), reason=reason.strip())
    for step in dropped:
        reopen_milestone(step, reason.strip(), by=by, now=now)
        silence_past(step, london_day(now), now)
    _saved(plan, by=by, now=now)


def publish_revision(plan: Milestone, version: Publication) -> Revision | None:
    """End the preparation with the version that is published, which gets its approvals and its copies; None if no
    revision was in preparation. Whoever calls it settles the plan."""
    revision = find_revision(plan)
    if revision is None:
        return None
    of_revision = select(Approval).where(Approval.revision_id == revision.id, Approval.publication_id.is_(None))
    for approval in db.session.scalars(of_revision.order_by(Approval.id)).all():
        approval.publication_id = version.id
    waiting = select(PublicationCopy).where(
        PublicationCopy.revision_id == revision.id, PublicationCopy.publication_id.is_(None)
    )
    version.copies.extend(db.session.scalars(waiting.order_by(PublicationCopy.id)).all())
    revision.publication_id = version.id
    db.session.flush()
    return revision


def prepare_again(version: Publication) -> bool:
    """The record of a revised version is undone: its revision is in preparation again, with its approvals and with the
    copies that were sent before it was published. False if it was published without a preparation.

    Raises RuleBroken while another revision of the plan is in preparation.
    """
    revision = revision_of(version)
    if revision is None:
        return False
    if find_revision(version.milestone) is not None:
        raise RuleBroken(
            "Another revision of this plan is in preparation. To undo this version, first abandon that revision."
        )
    revision.publication_id = None
    db.session.execute(
        update(Approval)
        .where(Approval.publication_id == version.id)
        .values(publication_id=None, revision_id=revision.id)
    )
    db.session.flush()
    return True


def _period_of(plan: Milestone) -> Period:
    if plan.kind is not Kind.PLAN or plan.cycle is None:
        raise RuleBroken("Only the plan of a period can be revised.")
    return plan.cycle.period


def _in_preparation(plan: Milestone) -> Revision:
    lock(plan)
    found = find_revision(plan)
    if found is None:
        raise RuleBroken(NONE)
    return found


def _next_number(plan: Milestone, period: Period) -> int:
    stem = f"{period.name}.revision-"
    taken = select(Milestone.key).where(
        Milestone.partnership_id == plan.partnership_id, Milestone.key.startswith(stem, autoescape=True)
    )
    known = [one.number for one in list_revisions(plan)]
    return max(next_number(db.session.scalars(taken.order_by(Milestone.id)).all()), max(known, default=0) + 1)


def _adopt(plan: Milestone, revision: Revision) -> None:
    """What waits for a version to come, although the plan is published, is of a version whose record was undone."""
    for table in (Approval, PublicationCopy):
        db.session.execute(
            update(table)
            .where(table.milestone_id == plan.id, table.publication_id.is_(None), table.revision_id.is_(None))
            .values(revision_id=revision.id)
        )


def _was_dropped_with(step: Milestone, revision: Revision) -> bool:
    return step.state is State.DROPPED and step.reason == _why_dropped(revision)


def _why_dropped(revision: Revision) -> str:
    return f"The revision was abandoned: {revision.undone_why}"


def _facts(revision: Revision) -> dict[str, object]:
    return {"number": revision.number, "target_on": revision.target_on}


def _saved(plan: Milestone, *, by: User, now: datetime) -> None:
    settle(plan, by=by, now=now)
    count_as_changed(plan)
    db.session.flush()
