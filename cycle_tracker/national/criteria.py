"""How many plans met the criteria of the national review: read from the reference data."""

from typing import NamedTuple

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.models.reference import Criterion
from cycle_tracker.reference.files import read_partnerships

# The plan periods whose plans were reviewed, and counted for all of Scotland.
REVIEWED = ("2020-23", "2023-26")


class CountedCriterion(NamedTuple):
    """One criterion of the review of plans, with the number of plans that met it fully, partly and not."""

    number: str
    fully: int | None
    partially: int | None
    not_met: int | None
    unknown: int


def list_criteria(period: Period) -> list[CountedCriterion]:
    """The criteria with the national counts of a period; none of a period that was not reviewed."""
    if period.name not in REVIEWED:
        return []
    columns = [getattr(Criterion, f"{met}_{period.name.replace('-', '_')}") for met in ("fully", "partly", "not")]
    rows = db.session.execute(select(Criterion.number, *columns).order_by(Criterion.position))
    plans = len(read_partnerships())
    return [
        CountedCriterion(number, fully, partly, unmet, plans - sum(one or 0 for one in (fully, partly, unmet)))
        for number, fully, partly, unmet in rows
    ]
