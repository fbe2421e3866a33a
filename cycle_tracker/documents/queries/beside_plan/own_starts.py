"""The own start of a late-started plan: proposed, or agreed by an official."""

from sqlalchemy import Select, select

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.documents.queries.beside_plan.plans import get_plan, may_record
from cycle_tracker.models.approval import OwnStart
from cycle_tracker.models.milestone import Milestone


def find_own_start(plan: Milestone) -> OwnStart | None:
    """The own start of a plan that is proposed or agreed, and not undone. In one statement."""
    return db.session.scalars(_own_start(), {"plan": plan.id}).one_or_none()


def get_own_start_to_undo(viewer: Viewer, slug: str, key: str) -> tuple[Milestone, OwnStart | None]:
    """A plan and its own start, for whoever recorded it, for leads and for officials.

    Raises NoResultFound where there is no such plan for them, and NotAllowed for everybody else.
    """
    plan = get_plan(viewer, slug, key)
    own_start = find_own_start(plan)
    if not may_undo(viewer, plan, own_start):
        raise NotAllowed
    return plan, own_start


def may_undo(viewer: Viewer, plan: Milestone, own_start: OwnStart | None) -> bool:
    """Whether the person may undo it: who recorded it, a lead or an official."""
    return may_record(viewer, plan) or (own_start is not None and own_start.recorded_by_id == viewer.user_id)


@built_once
def _own_start() -> Select[OwnStart]:
    return select(OwnStart).where(OwnStart.milestone_id == number_of("plan"), OwnStart.undone_at.is_(None))
