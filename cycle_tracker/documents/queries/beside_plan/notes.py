"""Notices of disagreement with a plan, and directions about it."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.documents.queries.beside_plan.plans import get_plan, may_record
from cycle_tracker.models.approval import Direction, Disagreement
from cycle_tracker.models.milestone import Milestone

Note = TypeVar("Note", Disagreement, Direction)


def list_disagreements(plan: Milestone) -> Sequence[Disagreement]:
    """The notices of disagreement with a plan, with their bodies, in the order in which they were recorded."""
    return db.session.scalars(_disagreements(), {"plan": plan.id}).all()


def list_directions(plan: Milestone) -> Sequence[Direction]:
    """The directions about a plan, by day."""
    return db.session.scalars(_directions(), {"plan": plan.id}).all()


def get_disagreement(viewer: Viewer, slug: str, key: str, number: int) -> tuple[Milestone, Disagreement]:
    """A plan and one of its notices of disagreement, also one that was undone: for who recorded it, for leads and for
    officials.

    Raises NoResultFound where there is no such plan for them, or no such notice, and NotAllowed for everybody else.
    """
    plan = get_plan(viewer, slug, key)
    found = db.session.get(Disagreement, number)
    is_theirs = found is not None and found.milestone_id == plan.id and found.recorded_by_id == viewer.user_id
    if not is_theirs and not may_record(viewer, plan):
        raise NotAllowed
    return plan, _of_plan(found, plan)


def get_direction(viewer: Viewer, slug: str, key: str, number: int) -> tuple[Milestone, Direction]:
    """A plan and one of the directions about it, for officials. Raises as `get_disagreement` does."""
    plan = get_plan(viewer, slug, key, to=Permission.RECORD_DIRECTIONS)
    return plan, _of_plan(db.session.get(Direction, number), plan)


def _of_plan(found: Note | None, plan: Milestone) -> Note:
    if found is None or found.milestone_id != plan.id:
        raise NoResultFound
    return found


@built_once
def _disagreements() -> Select[Disagreement]:
    return (
        select(Disagreement)
        .where(Disagreement.milestone_id == number_of("plan"), Disagreement.undone_at.is_(None))
        .options(joinedload(Disagreement.organisation))
        .order_by(Disagreement.id)
    )


@built_once
def _directions() -> Select[Direction]:
    return (
        select(Direction)
        .where(Direction.milestone_id == number_of("plan"), Direction.undone_at.is_(None))
        .order_by(Direction.given_on, Direction.id)
    )
