"""Dates that belong to someone who has left: their account is switched off, or they no longer have a role there."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, Subquery, and_, exists, func, or_, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.access.rules.permissions import Permission, Viewer, roles_with
from cycle_tracker.core.roles import Scope
from cycle_tracker.core.statements import Asked, built_once, day_of, is_one_of
from cycle_tracker.milestones.queries.due_states import is_before_service, is_due_by
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.overview.queries.work import COMING_UP_DAYS

_OWNERS = sorted(roles_with(Permission.CHANGE_OWN_MILESTONES))


def orphaned_milestones(viewer: Viewer, today: date) -> Asked:
    """What is past its date or due in the next 28 days and belongs to someone who has left, in the partnerships that
    the person leads: slug, partnership, owner_id, owner, active and number, by partnership and owner. One statement.

    What is due later is not looked for: a page that is opened every morning reads no more of a partnership than it
    must.
    """
    leads = viewer.partnerships_with(Permission.CHANGE_MILESTONES)
    invites = viewer.partnerships_with(Permission.INVITE_PEOPLE)
    values = {"today": today, "last_day": today + timedelta(days=COMING_UP_DAYS)}
    return Asked(
        _orphaned_milestones(reach_of(leads), reach_of(invites)),
        {**values, **values_of(leads, "leads"), **values_of(invites, "invites")},
    )


@built_once
def _orphaned_milestones(leads: Reach, invites: Reach) -> Select[*tuple[Any, ...]]:
    owned = _owned(leads, invites)
    of_organisation = (
        exists()
        .where(
            PartnershipBody.organisation_id == RoleGrant.organisation_id,
            PartnershipBody.partnership_id == owned.c.partnership_id,
            body_gives_access(day_of()),
        )
        .correlate(RoleGrant, owned)
    )
    may_own = (
        exists()
        .where(
            RoleGrant.user_id == owned.c.owner_id,
            is_one_of(RoleGrant.role, _OWNERS),
            or_(
                RoleGrant.scope == Scope.NATIONAL,
                RoleGrant.partnership_id == owned.c.partnership_id,
                and_(RoleGrant.scope == Scope.ORGANISATION, of_organisation),
            ),
        )
        .correlate(owned)
    )
    return (
        select(
            Partnership.slug,
            Partnership.name.label("partnership"),
            User.id.label("owner_id"),
            User.name.label("owner"),
            User.active,
            owned.c.number,
        )
        .select_from(owned)
        .join(Partnership, Partnership.id == owned.c.partnership_id)
        .join(User, User.id == owned.c.owner_id)
        .where(or_(User.active.is_(False), ~may_own))
        .order_by(Partnership.name, User.name, User.id)
    )


def _owned(leads: Reach, invites: Reach) -> Subquery:
    """How many of a partnership's milestones each person owns. People are fewer than milestones, so these are counted
    first."""
    return (
        select(Milestone.partnership_id, Milestone.owner_id, func.count().label("number"))
        .join(Milestone.partnership)
        .where(
            IS_OPEN,
            Milestone.owner_id.is_not(None),
            in_reach(Milestone.partnership_id, leads, "leads"),
            in_reach(Milestone.partnership_id, invites, "invites"),
            is_due_by(day_of("last_day")),
            ~is_before_service(),
        )
        .group_by(Milestone.partnership_id, Milestone.owner_id)
        .subquery()
    )
