"""The main reasons of shared explanations, counted for all of Scotland."""

from typing import Any

from sqlalchemy import Select, func, select

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_OPEN
from cycle_tracker.core.kinds import Cause
from cycle_tracker.core.statements import built_once, rows_of
from cycle_tracker.models.date_change import NOTED, DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone


def count_causes() -> list[tuple[Cause, int]]:
    """How many plans and reports that are open have each main reason in their newest explanation that was shared, the
    most frequent first. One statement, which names no partnership."""
    found = [(row.cause, row.number) for row in rows_of(_causes())]
    return sorted(found, key=lambda one: (-one[1], list(Cause).index(one[0])))


@built_once
def _causes() -> Select[*tuple[Any, ...]]:
    newest = (
        select(func.max(DateChange.id))
        .where(DateChange.kind == DateChangeKind.EXPECTED, DateChange.shared, NOTED)
        .group_by(DateChange.milestone_id)
    )
    return (
        select(DateChange.cause, func.count().label("number"))
        .join(Milestone, Milestone.id == DateChange.milestone_id)
        .where(DateChange.id.in_(newest), DateChange.cause.is_not(None), IS_DOCUMENT, IS_OPEN)
        .group_by(DateChange.cause)
    )
