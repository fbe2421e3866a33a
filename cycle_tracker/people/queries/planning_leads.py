"""Who leads the planning of a partnership."""

from collections.abc import Sequence

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User


def list_planning_leads(partnership: Partnership) -> Sequence[User]:
    """The active people who lead the planning of one partnership, by name."""
    return db.session.scalars(
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            RoleGrant.partnership_id == partnership.id,
            RoleGrant.role == Role.LEAD,
            RoleGrant.scope == Scope.PARTNERSHIP,
            User.active,
        )
        .order_by(User.name, User.id)
    ).all()
