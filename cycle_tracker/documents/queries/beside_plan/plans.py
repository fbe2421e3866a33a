"""Plans, for people who may record something beside them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.statements import built_once, numbers_of, rows_of
from cycle_tracker.milestones.queries.milestones import get_milestone, holds
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User


def get_plan(viewer: Viewer, slug: str, key: str, *, to: Permission | None = None) -> Milestone:
    """A plan for which the person has the permission `to`, if one is asked for.

    Raises NoResultFound where there is no plan that they may see, and NotAllowed where they lack the permission there.
    """
    plan = get_milestone(viewer, slug, key, to=to)
    if plan.kind is not Kind.PLAN:
        raise NoResultFound
    return plan


def get_plan_to_record(viewer: Viewer, slug: str, key: str) -> Milestone:
    """A plan, for its leads, and for officials, who record on their behalf. Raises as `get_plan` does."""
    plan = get_plan(viewer, slug, key)
    if not may_record(viewer, plan):
        raise NotAllowed
    return plan


def may_record(viewer: Viewer, plan: Milestone) -> bool:
    """Whether the person may record what belongs to the partnership's plan: a lead, or an official on their behalf."""
    return holds(viewer, Permission.RECORD_PUBLICATION, plan) or holds(viewer, Permission.RECORD_ON_BEHALF, plan)


def is_on_behalf(viewer: Viewer, plan: Milestone) -> bool:
    """Whether what the person records beside the plan is recorded on the partnership's behalf."""
    return not holds(viewer, Permission.RECORD_PUBLICATION, plan)


def names_of(people: Iterable[int | None]) -> dict[int, str]:
    """The names of the people who recorded something, by their numbers. In one statement; none where nobody did."""
    known = sorted({one for one in people if one is not None})
    return {row.id: row.name for row in rows_of(_names(), people=known)} if known else {}


@built_once
def _names() -> Select[*tuple[Any, ...]]:
    return select(User.id, User.name).where(User.id.in_(numbers_of("people"))).order_by(User.id)
