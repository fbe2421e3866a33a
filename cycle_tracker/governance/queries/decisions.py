"""What governance groups decided."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.governance.queries.escalations import get_escalation
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone


def decisions_on(escalation_ids: Collection[int]) -> dict[int, list[Decision]]:
    """By escalation, everything that was decided on it, the last decision first; in one statement."""
    found: dict[int, list[Decision]] = defaultdict(list)
    for decision in db.session.scalars(_decisions().where(Decision.escalation_id.in_(escalation_ids))):
        found[decision.escalation_id].append(decision)
    return dict(found)


def get_decision(
    viewer: Viewer, escalation_id: int, decision_id: int, *, to: Permission
) -> tuple[Escalation, Decision]:
    """One decision with its escalation, for a person who has this permission there.

    Raises NoResultFound where there is none that they may see, and NotAllowed where they lack the permission.
    """
    escalation = get_escalation(viewer, escalation_id, to=to)
    decision = db.session.scalars(
        _decisions().where(Decision.id == decision_id, Decision.escalation_id == escalation.id)
    ).one()
    return escalation, decision


def list_decisions(milestone: Milestone) -> Sequence[Decision]:
    """Everything that was decided on a milestone, on whichever of its escalations, the last decision first."""
    return db.session.scalars(_decisions_on_milestone(), {"milestone": milestone.id}).all()


@built_once
def _decisions_on_milestone() -> Select[Decision]:
    about = _decisions().join(Escalation, Escalation.id == Decision.escalation_id)
    return about.where(Escalation.milestone_id == number_of("milestone"))


def list_decisions_of(partnership_id: int, *, at_most: int) -> Sequence[Decision]:
    """The last decisions of a partnership's governance group, with the milestones that they are about."""
    return db.session.scalars(
        _decisions()
        .join(Decision.escalation)
        .join(Escalation.milestone)
        .where(Milestone.partnership_id == partnership_id)
        .options(contains_eager(Decision.escalation).contains_eager(Escalation.milestone))
        .limit(at_most)
    ).all()


def _decisions() -> Select[Decision]:
    """Decisions with what a sentence about them names."""
    return (
        select(Decision)
        .options(
            joinedload(Decision.meeting),
            joinedload(Decision.made_by),
            joinedload(Decision.recorded_by),
            joinedload(Decision.chair),
            joinedload(Decision.disputed_by),
            joinedload(Decision.next_step).joinedload(Milestone.owner),
            joinedload(Decision.next_step).joinedload(Milestone.partnership),
        )
        .order_by(Decision.recorded_at.desc(), Decision.id.desc())
    )
