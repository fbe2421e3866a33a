"""Rows between their preview and their recording: kept as they were shown, recorded once, and gone after a day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.imports.queries import KEPT_FOR
from cycle_tracker.imports.rules.import_rows import SheetRow
from cycle_tracker.imports.services.history import plan_history
from cycle_tracker.imports.services.milestones import plan_milestones
from cycle_tracker.imports.services.plans import Plan
from cycle_tracker.imports.services.recorded_history import record_history
from cycle_tracker.imports.services.recorded_milestones import record_milestones
from cycle_tracker.models.pending_import import ImportKind, PendingImport
from cycle_tracker.models.user import User

CELLS = "cells"


@dataclass(frozen=True)
class ImportOutcome:
    """What came of confirming: recorded now, or recorded before; or neither, and `plan` is what it would do now."""

    plan: Plan
    recorded: bool
    before: bool = False


def keep_rows(kind: ImportKind, rows: Sequence[SheetRow], plan: Plan, *, by: User, now: datetime) -> PendingImport:
    """Keep the rows of a plan without problems until they are confirmed; what is older than a day goes."""
    db.session.execute(delete(PendingImport).where(PendingImport.at <= now - KEPT_FOR))
    pending = PendingImport(kind=kind, rows=_kept(rows, plan), by_id=by.id, at=now)
    db.session.add(pending)
    db.session.flush()
    return pending


def confirm_rows(pending: PendingImport, viewer: Viewer, *, by: User, today: date, now: datetime) -> ImportOutcome:
    """Record the rows as they were shown, once.

    Where what they would do is no longer what was shown, because somebody recorded something meanwhile, nothing is
    recorded: the rows wait with the new preview.
    """
    if pending.done_at is not None:
        return ImportOutcome(Plan(), recorded=False, before=True)
    rows = [SheetRow(row["number"], row[CELLS]) for row in pending.rows]
    plan = _PLANNERS[pending.kind](rows, viewer, today)
    if plan.problems:
        return ImportOutcome(plan, recorded=False)
    kept = _kept(rows, plan)
    if kept != pending.rows:
        pending.rows = kept
        db.session.flush()
        return ImportOutcome(plan, recorded=False)
    if pending.kind is ImportKind.HISTORY:
        record_history(plan, viewer, by=by, today=today, now=now)
    else:
        record_milestones(plan, by=by, today=today, now=now)
    pending.done_at = now
    db.session.flush()
    return ImportOutcome(plan, recorded=True)


def _kept(rows: Sequence[SheetRow], plan: Plan) -> list[dict[str, Any]]:
    return [{CELLS: dict(row.cells), **step.shown()} for row, step in zip(rows, plan.steps, strict=True)]


_PLANNERS: dict[ImportKind, Callable[[Sequence[SheetRow], Viewer, date], Plan]] = {
    ImportKind.HISTORY: plan_history,
    ImportKind.MILESTONES: plan_milestones,
}
