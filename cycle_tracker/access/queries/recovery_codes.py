"""Recovery codes, which no one can see again after they are made."""

from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.models.access import RecoveryCode


def count_unused_codes(user_id: int) -> int:
    """How many recovery codes a person has left."""
    left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(left) or 0
