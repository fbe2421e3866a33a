"""In how many partnerships someone has a permission: only that changes the words of a statement. Which partnerships
they are is a value in it. `access.queries.scopes` has the same for statements that are built at each request."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, false, true

from cycle_tracker.core.statements import number_of, numbers_of


class Reach(StrEnum):
    """How far a permission goes."""

    NOWHERE = "nowhere"
    ONE = "one"
    SEVERAL = "several"
    EVERYWHERE = "everywhere"


def reach_of(partnerships: frozenset[int] | None) -> Reach:
    """How far these partnerships go; None means all of them."""
    if partnerships is None:
        return Reach.EVERYWHERE
    return {0: Reach.NOWHERE, 1: Reach.ONE}.get(len(partnerships), Reach.SEVERAL)


def in_reach(column: Any, reach: Reach, name: str = "within") -> ColumnElement[bool]:
    """True in the partnerships that are given as the value `name`."""
    if reach is Reach.EVERYWHERE:
        return true()
    if reach is Reach.NOWHERE:
        return false()
    found: ColumnElement[bool] = column == number_of(name) if reach is Reach.ONE else column.in_(numbers_of(name))
    return found


def values_of(partnerships: frozenset[int] | None, name: str = "within") -> dict[str, Any]:
    """These partnerships as the value `name`, where `in_reach` asks for one."""
    if not partnerships:
        return {}
    return {name: next(iter(partnerships)) if len(partnerships) == 1 else sorted(partnerships)}
