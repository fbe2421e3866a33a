"""People with what they may do: grants looked up in the database, answered by the table of permissions."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, false, select

from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.audit.queries.deputies import deputies_on, holds
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.core.stand_ins import stood_in_for
from cycle_tracker.core.statements import in_literal_ids
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.partnership import PartnershipBody
from cycle_tracker.models.user import PostHolder, RoleGrant, User


def viewers_of(user_ids: Collection[int], today: date, *, acting: bool = False) -> dict[int, Viewer]:
    """The active people among those named, with their roles today, in two statements.

    Inactive people are left out. `acting` also looks up the people they are covering for, which changes what they may
    do but not what they may see: in one more statement if one of them is a deputy, and otherwise in none."""
    if not user_ids:
        return {}
    rows = db.session.execute(
        select(
            User.id,
            User.name,
            RoleGrant.role,
            RoleGrant.scope,
            RoleGrant.partnership_id,
            RoleGrant.organisation_id,
            PostHolder.post_id,
            (is_deputy(today) if acting else false()).label("is_deputy"),
        )
        .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
        .outerjoin(PostHolder, PostHolder.user_id == User.id)
        .where(in_literal_ids(User.id, user_ids), User.active)
        .order_by(User.id, RoleGrant.id, PostHolder.id)
    ).all()
    organisations = {row.organisation_id for row in rows if row.scope is Scope.ORGANISATION}
    partnerships = _partnerships_of(organisations, today) if organisations else {}
    deputies = deputies_on(today) if any(row.is_deputy for row in rows) else {}
    national: dict[int, set[Role]] = defaultdict(set)
    within: dict[int, dict[int, set[Role]]] = defaultdict(lambda: defaultdict(set))
    posts: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.post_id is not None:
            posts[row.id].add(row.post_id)
        if row.scope is Scope.NATIONAL:
            national[row.id].add(row.role)
        elif row.scope is Scope.PARTNERSHIP:
            within[row.id][row.partnership_id].add(row.role)
        elif row.scope is Scope.ORGANISATION:
            for partnership_id in partnerships.get(row.organisation_id, ()):
                within[row.id][partnership_id].add(row.role)
    return {
        user_id: Viewer(
            user_id=user_id,
            name=name,
            national=frozenset(national[user_id]),
            within={partnership_id: frozenset(roles) for partnership_id, roles in within[user_id].items()},
            posts=frozenset(posts[user_id]),
            stands_in_for=stood_in_for(user_id, deputies) if deputies else frozenset(),
        )
        for user_id, name in {row.id: row.name for row in rows}.items()
    }


def viewer_of(user_id: int, today: date) -> Viewer:
    """One active person with their roles today, and the people they are covering for. Raises KeyError for anyone
    else."""
    return viewers_of([user_id], today, acting=True)[user_id]


def stands_in_for(user_id: int, today: date) -> frozenset[int]:
    """The people someone is covering for. One statement."""
    return stood_in_for(user_id, deputies_on(today))


def is_deputy(today: Any) -> ColumnElement[bool]:
    """True for a person who is someone's deputy on a day. For statements on User."""
    return exists().where(Delegation.deputy_id == User.id, holds(today)).correlate(User)


def _partnerships_of(organisation_ids: Collection[int], today: date) -> dict[int, set[int]]:
    """The partnerships of which each organisation is a lead body or member today."""
    found: dict[int, set[int]] = defaultdict(set)
    for body in db.session.execute(
        select(PartnershipBody.organisation_id, PartnershipBody.partnership_id).where(
            PartnershipBody.organisation_id.in_(organisation_ids),
            body_gives_access(today),
        )
    ):
        found[body.organisation_id].add(body.partnership_id)
    return found
