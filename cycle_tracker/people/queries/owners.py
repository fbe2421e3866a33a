"""Who may own milestones of a partnership: the choices of every form that names an owner."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select

from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.access.rules.permissions import Permission, roles_with
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Scope
from cycle_tracker.models.partnership import PartnershipBody
from cycle_tracker.models.user import RoleGrant, User

_OWNERS = sorted(roles_with(Permission.CHANGE_OWN_MILESTONES))


def list_owners(partnership_id: int, today: date) -> Sequence[User]:
    """The active people and posts who may own milestones of one partnership today, by name."""
    return owners_within([partnership_id], today)[partnership_id]


def owners_within(partnership_ids: Collection[int], today: date) -> dict[int, list[User]]:
    """The active people and posts who may own milestones of each partnership today, by name; in three statements."""
    grants = db.session.execute(
        select(RoleGrant.user_id, RoleGrant.scope, RoleGrant.partnership_id, RoleGrant.organisation_id).where(
            RoleGrant.role.in_(_OWNERS),
            or_(
                RoleGrant.scope != Scope.PARTNERSHIP,
                RoleGrant.partnership_id.in_(partnership_ids),
            ),
        )
    ).all()
    by_organisation: dict[int | None, set[int]] = defaultdict(set)
    for body in db.session.execute(
        select(PartnershipBody.organisation_id, PartnershipBody.partnership_id).where(
            PartnershipBody.partnership_id.in_(partnership_ids), body_gives_access(today)
        )
    ):
        by_organisation[body.organisation_id].add(body.partnership_id)
    reached: dict[int, set[int]] = defaultdict(set)
    for grant in grants:
        if grant.scope is Scope.NATIONAL:
            reached[grant.user_id].update(partnership_ids)
        elif grant.scope is Scope.PARTNERSHIP:
            reached[grant.user_id].add(grant.partnership_id)
        else:
            reached[grant.user_id].update(by_organisation[grant.organisation_id])
    people = db.session.scalars(
        select(User).where(User.id.in_(reached.keys()), User.active).order_by(User.name, User.id)
    ).all()
    return {
        partnership_id: [person for person in people if partnership_id in reached[person.id]]
        for partnership_id in partnership_ids
    }
