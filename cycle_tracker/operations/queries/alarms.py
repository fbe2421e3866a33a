"""Alarms about the service itself, and who is notified of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.job_run import Alarm, AlarmKind
from cycle_tracker.models.user import RoleGrant, User

LISTED_AT_MOST = 20


def alarm_that_is_on(kind: AlarmKind) -> Alarm | None:
    """The alarm of this kind that has not ended."""
    return db.session.scalars(select(Alarm).where(Alarm.kind == kind, Alarm.ended_at.is_(None))).one_or_none()


def list_alarms(since: datetime) -> Sequence[Alarm]:
    """The alarms that are on, and those that ended since this instant; the latest first."""
    return db.session.scalars(
        select(Alarm)
        .where(Alarm.ended_at.is_(None) | (Alarm.ended_at >= since))
        .order_by(Alarm.raised_at.desc(), Alarm.id.desc())
        .limit(LISTED_AT_MOST)
    ).all()


def list_administrators() -> Sequence[User]:
    """The active administrators of the service, by number."""
    return db.session.scalars(
        select(User)
        .where(
            User.active,
            User.id.in_(
                select(RoleGrant.user_id).where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.scope == Scope.NATIONAL)
            ),
        )
        .order_by(User.id)
    ).all()
