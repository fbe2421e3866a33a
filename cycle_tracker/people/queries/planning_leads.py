"""Who leads the planning of a partnership."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, or_, select

from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.partnership import Partnership, PartnershipBody
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


def list_leads_to_notify(partnership: Partnership, today: date) -> Sequence[User]:
    """The same with those who lead it by a role in all partnerships of an organisation: whoever is told of what
    happens to it."""
    bodies = select(PartnershipBody.organisation_id).where(
        PartnershipBody.partnership_id == partnership.id, body_gives_access(today)
    )
    reaches = or_(
        and_(RoleGrant.scope == Scope.PARTNERSHIP, RoleGrant.partnership_id == partnership.id),
        and_(RoleGrant.scope == Scope.ORGANISATION, RoleGrant.organisation_id.in_(bodies)),
    )
    leads = select(RoleGrant.user_id).where(RoleGrant.role == Role.LEAD, reaches)
    return db.session.scalars(select(User).where(User.id.in_(leads), User.active).order_by(User.name, User.id)).all()
