"""Who ended a milestone, and who may open it again."""

from typing import Any

from sqlalchemy import Select, select

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.milestones.queries.milestones import get_milestone, holds
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone

MARKED_DONE = ("finished", "finished-without-details")


def get_milestone_to_reopen(viewer: Viewer, slug: str, key: str) -> Milestone:
    """A milestone, for a person who may open it again.

    Raises NoResultFound where there is none or the person may not see it, and NotAllowed for anybody else.
    """
    milestone = get_milestone(viewer, slug, key)
    if not may_reopen(viewer, milestone):
        raise NotAllowed
    return milestone


def may_reopen(viewer: Viewer, milestone: Milestone) -> bool:
    """Whether the person may open it again: a lead, and who marked it as done while they may change it. One statement
    at most, for a person who owns it."""
    if holds(viewer, Permission.CHANGE_MILESTONES, milestone):
        return True
    if milestone.state is not State.DONE or not holds(viewer, Permission.CHANGE_OWN_MILESTONES, milestone):
        return False
    maker: int | None = db.session.scalar(_marked_done_by(), {"milestone": milestone.id})
    return maker == viewer.user_id


@built_once
def _marked_done_by() -> Select[Any]:
    return (
        select(AuditEvent.actor_id)
        .where(
            AuditEvent.subject == "milestone",
            AuditEvent.subject_id == number_of("milestone"),
            AuditEvent.action.in_(MARKED_DONE),
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
