"""What was passed to governance groups and their chairs, or was raised further, and what explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, within
from cycle_tracker.access.rules.permissions import Permission, Viewer, may_see
from cycle_tracker.core.audiences import OF_THE_GROUP, Audience
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.governance.rules import SHOWN
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership


class EscalationStatus(StrEnum):
    """The status of something that was passed to a group."""

    WAITING = "waiting"
    DECIDED = "decided"
    SETTLED = "settled"


def status_of(escalation: Escalation) -> EscalationStatus:
    """An escalation waits until the group decides; decided it stays open until it is done or has a new date."""
    if escalation.resolved_at is not None:
        return EscalationStatus.SETTLED
    return EscalationStatus.WAITING if escalation.decided_at is None else EscalationStatus.DECIDED


_STATUSES = {
    EscalationStatus.WAITING: and_(Escalation.resolved_at.is_(None), Escalation.decided_at.is_(None)),
    EscalationStatus.DECIDED: and_(Escalation.resolved_at.is_(None), Escalation.decided_at.is_not(None)),
    EscalationStatus.SETTLED: Escalation.resolved_at.is_not(None),
}
"""The twin in SQL of `status_of`."""


_IS_OF_OTHER_STEP = case(
    (
        and_(
            Escalation.raised_by_id.is_(None),
            ~IS_DOCUMENT,
            Milestone.kind != Kind.CONSULTATION,
            Milestone.duty_basis != Basis.STATUTE,
        ),
        1,
    ),
    else_=0,
)
"""The twin in SQL of `rules.is_of_other_step`."""


@dataclass(frozen=True)
class EscalationList:
    """What was passed to the governance groups of a person's partnerships and to their chairs, or was raised to the
    Scottish Government escalation group; `partnership` (a slug) and `status` narrow it.

    First those that wait for a decision, the longest waiting first; then the decided, then the settled, the newest of
    each first.
    """

    viewer: Viewer
    partnership: str = ""
    status: EscalationStatus | None = None

    def count(self) -> int:
        """How many there are in all."""
        rungs = self._rungs().with_only_columns(Escalation.id).subquery()
        return db.session.scalar(select(func.count()).select_from(rungs)) or 0

    def rows(self, *, page: int = 1, per_page: int | None = None) -> Sequence[Escalation]:
        """One page of them, or with no `per_page` all; with milestone, partnership, owner and cycle, in one
        statement."""
        statement = (
            self._rungs()
            .options(*_with_milestone())
            .order_by(
                case(*((_STATUSES[one], number) for number, one in enumerate(EscalationStatus))),
                case((_STATUSES[EscalationStatus.WAITING], Escalation.fell_due_on)),
                case((_STATUSES[EscalationStatus.DECIDED], Escalation.decided_at)).desc(),
                Escalation.resolved_at.desc(),
                Escalation.id.desc(),
            )
        )
        if per_page is not None:
            statement = statement.limit(per_page).offset((page - 1) * per_page)
        return db.session.scalars(statement).all()

    def _rungs(self) -> Select[Escalation]:
        statement = (
            select(Escalation)
            .join(Escalation.milestone)
            .where(
                Escalation.audience.in_(sorted(SHOWN)),
                within(Milestone.partnership_id, self.viewer, Permission.READ_ESCALATIONS),
            )
        )
        if self.partnership:
            statement = statement.join(Milestone.partnership).where(Partnership.slug == self.partnership)
        if self.status is not None:
            statement = statement.where(_STATUSES[self.status])
        return statement


def list_waiting(partnership_id: int, *, at_most: int) -> Sequence[Escalation]:
    """What waits for a decision of one partnership's governance group or its chair: late steps that are no duty in law
    last, and of each the longest waiting first."""
    return db.session.scalars(
        select(Escalation)
        .join(Escalation.milestone)
        .where(
            Escalation.audience.in_(sorted(OF_THE_GROUP)),
            Milestone.partnership_id == partnership_id,
            _STATUSES[EscalationStatus.WAITING],
        )
        .options(*_with_milestone())
        .order_by(_IS_OF_OTHER_STEP, Escalation.fell_due_on, Escalation.id)
        .limit(at_most)
    ).all()


def get_escalation(viewer: Viewer, escalation_id: int, *, to: Permission | None = None) -> Escalation:
    """One escalation to a governance group, its chair or the national one, with its milestone and partnership.

    Raises NoResultFound where there is none or the person may not see its milestone, and NotAllowed where
    they may and lack the right to read what was escalated, or the permission `to`, in that partnership.
    """
    escalation = db.session.scalars(
        select(Escalation)
        .where(Escalation.id == escalation_id, Escalation.audience.in_(sorted(SHOWN)))
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


def find_open_escalation(milestone: Milestone) -> Escalation | None:
    """The milestone's open escalation to the governance group or its chair: one that waits for a decision before one
    that is decided, one to the group before one to the chair, the oldest of several."""
    return db.session.scalars(_open_escalation(), {"milestone": milestone.id}).first()


@built_once
def _open_escalation() -> Select[Escalation]:
    return (
        select(Escalation)
        .where(
            Escalation.milestone_id == number_of("milestone"),
            Escalation.audience.in_(sorted(OF_THE_GROUP)),
            Escalation.resolved_at.is_(None),
        )
        .order_by(
            Escalation.decided_at.is_not(None),
            Escalation.audience == Audience.CHAIR,
            Escalation.fell_due_on,
            Escalation.id,
        )
        .limit(1)
    )


def _with_milestone() -> tuple[Any, ...]:
    with_milestone = joinedload(Escalation.milestone)
    return (
        with_milestone.joinedload(Milestone.partnership),
        with_milestone.joinedload(Milestone.owner),
        with_milestone.joinedload(Milestone.cycle),
        joinedload(Escalation.acknowledged_by),
        joinedload(Escalation.raised_by),
    )
