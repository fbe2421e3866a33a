"""The working days of partnerships: Scotland's, less their own closure days."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select

from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.core.statements import built_once, numbers_of, rows_of
from cycle_tracker.models.partnership import ClosureDay


def calendars_of(partnership_ids: Collection[int | None]) -> dict[int | None, WorkingCalendar]:
    """The calendar of each partnership named, in one statement; None is the national one."""
    named = [number for number in partnership_ids if number is not None]
    rows = rows_of(_closure_days(), partnerships=named)
    everywhere = {day for partnership_id, day in rows if partnership_id is None}
    closed: dict[int | None, set[date]] = {partnership_id: set(everywhere) for partnership_id in partnership_ids}
    for partnership_id, day in rows:
        if partnership_id is not None:
            closed[partnership_id].add(day)
    return {partnership_id: WorkingCalendar.closed_on(days) for partnership_id, days in closed.items()}


@built_once
def _closure_days() -> Select[*tuple[Any, ...]]:
    return select(ClosureDay.partnership_id, ClosureDay.day).where(
        or_(ClosureDay.partnership_id.in_(numbers_of("partnerships")), ClosureDay.partnership_id.is_(None))
    )


def calendar_of(partnership_id: int | None) -> WorkingCalendar:
    """The calendar of one partnership."""
    return calendars_of([partnership_id])[partnership_id]
