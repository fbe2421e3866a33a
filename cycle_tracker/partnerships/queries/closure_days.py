"""The days on which partnerships are closed besides the bank holidays."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from cycle_tracker.access.queries.scopes import is_among
from cycle_tracker.core.extensions import db
from cycle_tracker.models.partnership import ClosureDay, Partnership


def list_closure_days(within: frozenset[int] | None, first: date, last: date) -> Sequence[tuple[date, str, str | None]]:
    """Day, its name and the name of the partnership that is closed (None: all of them), between two days.

    `within` are the partnerships to look at, None all of them.
    """
    statement = (
        select(ClosureDay.day, ClosureDay.name, Partnership.name)
        .outerjoin(Partnership, Partnership.id == ClosureDay.partnership_id)
        .where(ClosureDay.day.between(first, last))
        .order_by(ClosureDay.day, Partnership.name, ClosureDay.id)
    )
    statement = statement.where(or_(ClosureDay.partnership_id.is_(None), is_among(ClosureDay.partnership_id, within)))
    return [(row[0], row[1], row[2]) for row in db.session.execute(statement)]
