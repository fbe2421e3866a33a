"""Who is covering for people who are away: an event names both."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from cycle_tracker.core.extensions import db
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.user import User


def holds(today: Any) -> ColumnElement[bool]:
    """The condition of a delegation that applies on a day, whose deputy still has an account."""
    deputy_is_there = select(User.id).where(User.id == Delegation.deputy_id, User.active).exists()
    return and_(Delegation.from_on <= today, Delegation.to_on >= today, Delegation.ended_at.is_(None), deputy_is_there)


def deputies_on(today: date) -> dict[int, int]:
    """The deputy of everyone who is away on a day; where two were set, the later counts. One statement."""
    rows = db.session.execute(
        select(Delegation.user_id, Delegation.deputy_id).where(holds(today)).order_by(Delegation.id)
    )
    return {row.user_id: row.deputy_id for row in rows}
