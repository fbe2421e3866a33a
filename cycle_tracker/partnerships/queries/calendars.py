"""The working days of partnerships: Scotland's, less their own closure days, with the bank holidays they work on."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select

from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, numbers_of, rows_of
from cycle_tracker.models.partnership import ClosureDay


def calendars_of(partnership_ids: Collection[int | None]) -> dict[int | None, WorkingCalendar]:
    """The calendar of each partnership named, in one statement; None is the national one."""
    named = [number for number in partnership_ids if number is not None]
    rows = rows_of(_closure_days(), partnerships=named)
    everywhere = {day for partnership_id, day, _is_worked in rows if partnership_id is None}
    closed: dict[int | None, set[date]] = {partnership_id: set(everywhere) for partnership_id in partnership_ids}
    worked: dict[int | None, set[date]] = {partnership_id: set() for partnership_id in partnership_ids}
    for partnership_id, day, is_worked in rows:
        if partnership_id is not None:
            (worked if is_worked else closed)[partnership_id].add(day)
    return {
        partnership_id: WorkingCalendar.closed_on(days, worked=worked[partnership_id])
        for partnership_id, days in closed.items()
    }


def calendar_of_service() -> WorkingCalendar:
    """The days on which notices are decided: Scotland's working days, and each bank holiday that somebody works on."""
    return WorkingCalendar.closed_on((), worked=db.session.scalars(select(ClosureDay.day).where(ClosureDay.is_worked)))


def at_work_on(day: date) -> list[int]:
    """The partnerships that work on this bank holiday."""
    return list(
        db.session.scalars(
            select(ClosureDay.partnership_id)
            .where(ClosureDay.is_worked, ClosureDay.day == day, ClosureDay.partnership_id.is_not(None))
            .order_by(ClosureDay.partnership_id)
        )
    )


@built_once
def _closure_days() -> Select[*tuple[Any, ...]]:
    return select(ClosureDay.partnership_id, ClosureDay.day, ClosureDay.is_worked).where(
        or_(ClosureDay.partnership_id.in_(numbers_of("partnerships")), ClosureDay.partnership_id.is_(None))
    )


def calendar_of(partnership_id: int | None) -> WorkingCalendar:
    """The calendar of one partnership."""
    return calendars_of([partnership_id])[partnership_id]
