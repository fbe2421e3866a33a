"""The roles that people have: which, and where they count."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User


@dataclass(frozen=True)
class HeldRole:
    """One role that someone has, and where: the name of a partnership or organisation, empty for Scotland."""

    grant_id: int
    user_id: int
    role: Role
    scope: Scope
    place: str
    slug: str
    partnership_id: int | None
    organisation_id: int | None


def list_roles(user_id: int) -> list[HeldRole]:
    """Every role that a person has: those for Scotland first, then by place and role."""
    return roles_of([user_id])[user_id]


def get_grant(user: User, grant_id: int, *, partnership_id: int | None = None) -> RoleGrant:
    """One grant of a person; with a partnership, one for that partnership alone. Raises NoResultFound for others."""
    for grant in user.grants:
        if grant.id == grant_id and partnership_id in (None, grant.partnership_id):
            return grant
    raise NoResultFound


def reaches(held: HeldRole, partnership_id: int, organisation_ids: Collection[int]) -> bool:
    """True where a role counts in a partnership, in which these organisations take part."""
    if held.scope is Scope.PARTNERSHIP:
        return held.partnership_id == partnership_id
    return held.scope is Scope.NATIONAL or held.organisation_id in organisation_ids


def organisations_in(partnership_id: int, today: date) -> set[int]:
    """The organisations that lead or take part in a partnership today, by number."""
    return set(
        db.session.scalars(
            select(PartnershipBody.organisation_id).where(
                PartnershipBody.partnership_id == partnership_id, body_gives_access(today)
            )
        )
    )


def count_others_with_role(role: Role, user_id: int, *, partnership_id: int | None) -> int:
    """How many other active people have a role in a partnership itself, or with no partnership, for Scotland."""
    return (
        db.session.scalar(
            select(func.count(func.distinct(RoleGrant.user_id)))
            .join(User, User.id == RoleGrant.user_id)
            .where(
                RoleGrant.role == role,
                RoleGrant.user_id != user_id,
                RoleGrant.organisation_id.is_(None),
                RoleGrant.partnership_id == partnership_id
                if partnership_id is not None
                else RoleGrant.partnership_id.is_(None),
                User.active,
            )
        )
        or 0
    )


def roles_of(user_ids: Collection[int]) -> dict[int, list[HeldRole]]:
    """By person, every role that they have; in one statement."""
    found: dict[int, list[HeldRole]] = defaultdict(list)
    rows = db.session.execute(
        select(
            RoleGrant.id,
            RoleGrant.user_id,
            RoleGrant.role,
            RoleGrant.scope,
            RoleGrant.partnership_id,
            RoleGrant.organisation_id,
            Partnership.name.label("partnership"),
            Partnership.slug,
            Organisation.name.label("organisation"),
        )
        .outerjoin(Partnership, Partnership.id == RoleGrant.partnership_id)
        .outerjoin(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(RoleGrant.user_id.in_(user_ids))
        .order_by(RoleGrant.user_id, RoleGrant.scope, Partnership.name, Organisation.name, RoleGrant.role, RoleGrant.id)
    )
    for row in rows:
        found[row.user_id].append(
            HeldRole(
                grant_id=row.id,
                user_id=row.user_id,
                role=row.role,
                scope=row.scope,
                place=row.partnership or row.organisation or "",
                slug=row.slug or "",
                partnership_id=row.partnership_id,
                organisation_id=row.organisation_id,
            )
        )
    return found
