"""Since when something is with the governance group, for the emails of its owner and the planning leads."""

from typing import Any

from sqlalchemy import func, select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.notice import Notice


def with_group_since() -> Any:
    """The day on which the milestone of a notice to its owner or a lead was escalated to the governance group, and is
    open there."""
    return (
        select(func.min(Escalation.fell_due_on))
        .where(
            Escalation.milestone_id == Notice.milestone_id,
            Escalation.audience == Audience.GOVERNANCE,
            Escalation.resolved_at.is_(None),
            Notice.audience.in_([Audience.OWNER, Audience.LEAD]),
        )
        .correlate(Notice)
        .scalar_subquery()
    )
