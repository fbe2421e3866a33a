"""The cycles that the home page links to."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.periods import YEARS_IN_PERIOD
from cycle_tracker.core.statements import Asked, built_once, day_of
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.partnership import Partnership

STILL_OF_USE = timedelta(days=365)
"""A cycle is linked until so long after its period: its third annual report and its review come then."""


def running_cycles(viewer: Viewer, today: date) -> Asked:
    """The partnerships of which the person reads everything, each with its opened cycles that matter today: id, slug,
    partnership and period_start, by partnership, the newest first. One without such a cycle has one row."""
    held = viewer.partnerships_with(Permission.READ_PARTNERSHIP)
    began_after = today - YEARS_IN_PERIOD * timedelta(days=366) - STILL_OF_USE
    return Asked(_running_cycles(reach_of(held)), {"began_after": began_after, **values_of(held)})


@built_once
def _running_cycles(reach: Reach) -> Select[*tuple[Any, ...]]:
    matters = and_(
        Cycle.partnership_id == Partnership.id,
        Cycle.period_start > day_of("began_after"),
        Cycle.opened_on.is_not(None),
    )
    return (
        select(Partnership.id, Partnership.slug, Partnership.name.label("partnership"), Cycle.period_start)
        .outerjoin(Cycle, matters)
        .where(in_reach(Partnership.id, reach))
        .order_by(Partnership.name, Partnership.id, Cycle.period_start.desc())
    )
