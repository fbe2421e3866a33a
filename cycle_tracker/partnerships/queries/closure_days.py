"""The days on which partnerships are closed besides the bank holidays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from cycle_tracker.access.queries.scopes import is_among
from cycle_tracker.core.extensions import db
from cycle_tracker.models.partnership import ClosureDay, Partnership


@dataclass(frozen=True)
class DayApart:
    """A day on which a partnership is closed, or works though it is a bank holiday; None for all partnerships."""

    day: date
    name: str
    partnership: str | None
    is_worked: bool


def list_closure_days(within: frozenset[int] | None, first: date, last: date) -> Sequence[DayApart]:
    """The days on which partnerships are closed, and the bank holidays they work on, between two days.

    `within` are the partnerships to look at, None all of them.
    """
    statement = (
        select(ClosureDay.day, ClosureDay.name, Partnership.name, ClosureDay.is_worked)
        .outerjoin(Partnership, Partnership.id == ClosureDay.partnership_id)
        .where(ClosureDay.day.between(first, last))
        .order_by(ClosureDay.day, Partnership.name, ClosureDay.id)
    )
    statement = statement.where(or_(ClosureDay.partnership_id.is_(None), is_among(ClosureDay.partnership_id, within)))
    return [DayApart(*row) for row in db.session.execute(statement)]
