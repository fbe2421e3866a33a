"""What a milestone hangs together with: what it is part of, its sub-tasks, what comes before it and after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from cycle_tracker.core.deadlines import ALWAYS
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.statements import built_once, number_of, rows_of
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone, predecessors
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User

OFFERED_AT_MOST = 300
"""So many milestones can be chosen from; of more, those of the same cycle, by date."""


class Relation(StrEnum):
    """How one milestone is related to another."""

    PARENT = "parent"
    SUB_TASK = "sub-task"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class RelatedMilestone:
    """One milestone that another hangs together with. `slug` is None for a national one, which has no page."""

    relation: Relation
    id: int
    slug: str | None
    key: str
    title: str
    kind: Kind
    state: State
    date_basis: Basis
    target_on: date | None
    due_on: date | None
    expected_date: bool
    done_on: date | None
    notify_from: date | None
    owner: str | None


def list_related(milestone: Milestone) -> list[RelatedMilestone]:
    """Everything that a milestone hangs together with, by date, in one statement."""
    rows = rows_of(_relations(), milestone=milestone.id, parent=milestone.parent_id)
    found = [_one(row) for row in rows]
    return sorted(found, key=lambda one: (one.due_on is None, one.due_on or date.max, one.id))


def _one(row: Any) -> RelatedMilestone:
    """A row of the statement; of a national one all dates count."""
    notify_from = row.notify_from if row.slug else ALWAYS
    return RelatedMilestone(**{**row._asdict(), "relation": Relation(row.relation), "notify_from": notify_from})


@built_once
def _relations() -> CompoundSelect[*tuple[Any, ...]]:
    number, part = number_of("milestone"), aliased(Milestone)
    before = select(predecessors.c.predecessor_id).where(predecessors.c.milestone_id == number)
    after = select(predecessors.c.milestone_id).where(predecessors.c.predecessor_id == number)
    # By number, as the others: most milestones are part of none, and SQLite would read them all rather than the index.
    parts = select(part.id).where(part.parent_id == number)
    return union_all(
        _related(Relation.PARENT, Milestone.id == number_of("parent")),
        _related(Relation.SUB_TASK, Milestone.id.in_(parts)),
        _related(Relation.BEFORE, Milestone.id.in_(before)),
        _related(Relation.AFTER, Milestone.id.in_(after)),
    )


def list_possible_predecessors(milestone: Milestone) -> Sequence[Milestone]:
    """What can be chosen to come before a milestone: others of its partnership, and national ones, of the same cycle or
    of none, that were not dropped."""
    related = select(predecessors.c.predecessor_id).where(predecessors.c.milestone_id == milestone.id)
    return db.session.scalars(
        select(Milestone)
        .where(
            or_(Milestone.partnership_id == milestone.partnership_id, Milestone.partnership_id.is_(None)),
            _same_time(milestone),
            Milestone.id != milestone.id,
            Milestone.id.not_in(related),
            Milestone.state != State.DROPPED,
        )
        .order_by(Milestone.due_on.is_(None), Milestone.due_on, Milestone.id)
        .limit(OFFERED_AT_MOST)
    ).all()


def predecessors_within(partnership_id: int | None) -> dict[int, set[int]]:
    """Who comes before whom among the milestones of a partnership."""
    found: dict[int, set[int]] = {}
    for row in db.session.execute(
        select(predecessors.c.milestone_id, predecessors.c.predecessor_id)
        .join(Milestone, Milestone.id == predecessors.c.milestone_id)
        .where(Milestone.partnership_id == partnership_id)
    ):
        found.setdefault(row.milestone_id, set()).add(row.predecessor_id)
    return found


def _same_time(milestone: Milestone) -> ColumnElement[bool]:
    """Of the same cycle or of the one before, or of no cycle; national ones by the period in their key."""
    if milestone.cycle is None:
        return Milestone.partnership_id.is_not(None)
    cycles = select(Cycle.id).where(
        Cycle.partnership_id == milestone.partnership_id, Cycle.period_start <= milestone.cycle.period_start
    )
    national = Milestone.partnership_id.is_(None) & Milestone.key.startswith(f"{milestone.cycle.period.name}.")
    local = Milestone.partnership_id.is_not(None) & (Milestone.cycle_id.in_(cycles) | Milestone.cycle_id.is_(None))
    return or_(national, local)


def _related(relation: Relation, condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            literal(relation.value).label("relation"),
            Milestone.id,
            Partnership.slug,
            Milestone.key,
            Milestone.title,
            Milestone.kind,
            Milestone.state,
            Milestone.date_basis,
            Milestone.measured_on.label("target_on"),
            Milestone.due_on,
            Milestone.expected_date,
            Milestone.done_on,
            Partnership.notify_from,
            User.name.label("owner"),
        )
        .outerjoin(Milestone.partnership)
        .outerjoin(Milestone.owner)
        .where(condition)
    )
