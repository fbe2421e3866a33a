"""Waiting for one's turn, so that what is looked up stays true until it is changed."""

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership


def lock(row: Milestone | Cycle | Partnership | Organisation) -> None:
    """Whoever else wants this row locked waits until this transaction ends. On SQLite every writer does anyway."""
    table = type(row)
    db.session.execute(select(table.id).where(table.id == row.id).with_for_update())
