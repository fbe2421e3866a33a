"""What came to governance groups, and what explains it."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.domain.errors import NotAllowed
from cycle_tracker.domain.permissions import Permission, Viewer, may_see
from cycle_tracker.domain.policies import Audience
from cycle_tracker.extensions import db
from cycle_tracker.models import DateChange, DateChangeKind, Escalation, Milestone


def list_escalations(viewer: Viewer, *, page: int, per_page: int) -> Sequence[Escalation]:
    """One page of what came to the governance groups of the person's partnerships, in one statement.

    First those that wait for a decision, the longest waiting before the others; then the settled, the last settled
    before the others.
    """
    waiting_since = case((Escalation.resolved_at.is_(None), Escalation.fell_due_on))
    statement = (
        _governance_rungs(viewer)
        .options(*_with_milestone())
        .order_by(
            Escalation.resolved_at.is_not(None), waiting_since, Escalation.resolved_at.desc(), Escalation.id.desc()
        )
        .limit(per_page)
        .offset((page - 1) * per_page)
    )
    return db.session.scalars(statement).all()


def count_escalations(viewer: Viewer) -> int:
    """How many there are in all."""
    rungs = _governance_rungs(viewer).with_only_columns(Escalation.id).subquery()
    return db.session.scalar(select(func.count()).select_from(rungs)) or 0


def get_escalation(viewer: Viewer, escalation_id: int, *, to: Permission | None = None) -> Escalation:
    """One escalation to a governance group, with its milestone and partnership.

    Raises NoResultFound where there is none or the person may not see its milestone, and NotAllowed where
    they may and lack the right to read what was escalated, or the permission `to`, in that partnership.
    """
    escalation = db.session.scalars(
        select(Escalation)
        .where(Escalation.id == escalation_id, Escalation.audience == Audience.GOVERNANCE)
        .options(*_with_milestone())
    ).one()
    milestone = escalation.milestone
    if milestone.partnership_id is None or not may_see(
        viewer, milestone.partnership_id, is_document=milestone.is_document
    ):
        raise NoResultFound
    for permission in (Permission.READ_ESCALATIONS, to):
        if permission is not None and not viewer.can(permission, milestone.partnership_id):
            raise NotAllowed
    return escalation


def newest_explanations(milestone_ids: Collection[int]) -> dict[int, DateChange]:
    """The newest explanation noted for each of these milestones, where there is one, shared or not."""
    newest = (
        select(func.max(DateChange.id))
        .where(
            DateChange.milestone_id.in_(milestone_ids),
            DateChange.kind == DateChangeKind.EXPECTED,
            DateChange.noted_at.is_not(None),
        )
        .group_by(DateChange.milestone_id)
    )
    changes = db.session.scalars(select(DateChange).where(DateChange.id.in_(newest)).order_by(DateChange.id))
    return {change.milestone_id: change for change in changes}


def find_open_escalation(milestone: Milestone) -> Escalation | None:
    """The milestone's escalation to the governance group that waits for a decision, the oldest of several."""
    return db.session.scalars(
        select(Escalation)
        .where(
            Escalation.milestone_id == milestone.id,
            Escalation.audience == Audience.GOVERNANCE,
            Escalation.resolved_at.is_(None),
        )
        .order_by(Escalation.fell_due_on, Escalation.id)
        .limit(1)
    ).first()


def _governance_rungs(viewer: Viewer) -> Select[Escalation]:
    statement = select(Escalation).join(Escalation.milestone).where(Escalation.audience == Audience.GOVERNANCE)
    within = viewer.partnerships_with(Permission.READ_ESCALATIONS)
    return statement if within is None else statement.where(Milestone.partnership_id.in_(within))


def _with_milestone() -> tuple[Any, ...]:
    with_milestone = joinedload(Escalation.milestone)
    return (
        with_milestone.joinedload(Milestone.partnership),
        with_milestone.joinedload(Milestone.owner),
        with_milestone.joinedload(Milestone.cycle),
    )
