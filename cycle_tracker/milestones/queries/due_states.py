"""What the clock makes of a due date, in SQL: the only spelling. Lists, feeds, counts and exports all ask here.

The rule is `core.deadlines`; a test gives both the same rows. For statements on Milestone joined with its partnership,
whose first day is asked for. Dates are London dates.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership

# Each takes days as dates, or as values that a statement is given when it runs; and the column of the dates, which is
# `Milestone.due_on` where it is given none, or what the reader may know of it (`due_on_for`).


def is_past(day: Any, today: Any) -> ColumnElement[bool]:
    """True where a day has passed. What is due today has not; no day never has."""
    return and_(day.is_not(None), day < today)


def is_before_service(due_on: Any = None, *, notify_from: Any = None) -> ColumnElement[bool]:
    """True for what fell due before its partnership joined, or before another first day; what fell due on it did not.
    A partnership without a first day has not joined.

    Never unknown, so that it can be turned round with `~`.
    """
    day = _day(due_on)
    if notify_from is not None:
        return and_(day.is_not(None), day < notify_from)
    return and_(day.is_not(None), or_(Partnership.notify_from.is_(None), day < Partnership.notify_from))


def is_live(due_on: Any = None) -> ColumnElement[bool]:
    """True for what is open and did not fall due before the service: what people are expected to finish."""
    return and_(IS_OPEN, ~is_before_service(due_on))


def is_overdue(today: Any, due_on: Any = None) -> ColumnElement[bool]:
    """True for each milestone that is overdue today."""
    return and_(is_live(due_on), is_past(_day(due_on), today))


def is_due_on(day: Any, due_on: Any = None) -> ColumnElement[bool]:
    """True for what falls due on a day."""
    is_so: ColumnElement[bool] = _day(due_on) == day
    return is_so


def is_due_by(day: Any, due_on: Any = None) -> ColumnElement[bool]:
    """True for what falls due on a day or before it."""
    is_so: ColumnElement[bool] = _day(due_on) <= day
    return is_so


def _day(due_on: Any) -> Any:
    return Milestone.due_on.expression if due_on is None else due_on
