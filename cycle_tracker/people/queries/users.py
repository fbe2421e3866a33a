"""People with accounts."""

from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.group import Group, Membership
from cycle_tracker.models.user import RoleGrant, User


def find_user(email: str) -> User | None:
    """The person with this address, in whatever case it is written."""
    return db.session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()


def find_grant(
    user: User, role: Role, partnership_id: int | None, organisation_id: int | None = None
) -> RoleGrant | None:
    """The person's grant of a role in a partnership or by an organisation, or everywhere where neither is named."""
    return db.session.scalars(
        select(RoleGrant).where(
            RoleGrant.user_id == user.id,
            RoleGrant.role == role,
            RoleGrant.partnership_id == partnership_id if partnership_id else RoleGrant.partnership_id.is_(None),
            RoleGrant.organisation_id == organisation_id if organisation_id else RoleGrant.organisation_id.is_(None),
        )
    ).one_or_none()


def find_governance_group(partnership_id: int) -> Group | None:
    """The governance group of a partnership: its first, where there are several."""
    return db.session.scalars(
        select(Group).where(Group.partnership_id == partnership_id).order_by(Group.id).limit(1)
    ).one_or_none()


def find_membership(group: Group, user: User) -> Membership | None:
    """The person's place in a group, ended or not."""
    return db.session.scalars(
        select(Membership).where(Membership.group_id == group.id, Membership.user_id == user.id)
    ).one_or_none()
