"""What shows that a milestone was done; each piece fetched and authorised in one call."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.milestones.queries.milestones import get_milestone, holds
from cycle_tracker.models.evidence import Evidence
from cycle_tracker.models.milestone import Milestone


def list_evidence(milestone: Milestone) -> Sequence[Evidence]:
    """The evidence of a milestone that was not removed, with its files and who added it, the oldest first."""
    return db.session.scalars(_evidence(), {"milestone": milestone.id}).all()


@built_once
def _evidence() -> Select[Evidence]:
    return (
        select(Evidence)
        .where(Evidence.milestone_id == number_of("milestone"), Evidence.removed_at.is_(None))
        .options(joinedload(Evidence.file), joinedload(Evidence.added_by))
        .order_by(Evidence.id)
    )


def get_evidence(
    viewer: Viewer, slug: str, key: str, evidence_id: int, *, to: Permission
) -> tuple[Milestone, Evidence]:
    """One piece of evidence with its milestone; what was removed says so in `removed_at`.

    Raises NoResultFound where there is none or the person may not see the milestone, and NotAllowed where they see the
    milestone and lack the permission.
    """
    milestone = get_milestone(viewer, slug, key, to=to)
    evidence = db.session.scalars(
        select(Evidence)
        .where(Evidence.id == evidence_id, Evidence.milestone_id == milestone.id)
        .options(joinedload(Evidence.file))
    ).one()
    return milestone, evidence


def may_remove(viewer: Viewer, milestone: Milestone, evidence: Evidence) -> bool:
    """True where the person may take the evidence away: who added it while they may comment here, and the leads."""
    is_theirs = evidence.added_by_id == viewer.user_id and holds(viewer, Permission.COMMENT, milestone)
    return is_theirs or holds(viewer, Permission.CHANGE_MILESTONES, milestone)
