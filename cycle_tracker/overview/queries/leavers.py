"""Dates that belong to somebody who has left: whose account is switched off, or who has no role there any more."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from cycle_tracker.access.queries.scopes import within
from cycle_tracker.access.queries.tenures import body_holds
from cycle_tracker.access.rules.permissions import Permission, Viewer, roles_with
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Scope
from cycle_tracker.milestones.queries.due_states import is_due_by, is_live
from cycle_tracker.models import Milestone, Partnership, PartnershipBody, RoleGrant, User
from cycle_tracker.overview.queries.work import COMING_UP_DAYS

_OWNERS = sorted(roles_with(Permission.CHANGE_OWN_MILESTONES))


def list_left_behind(viewer: Viewer, today: date) -> Sequence[Any]:
    """What is past its date or due in the next 28 days and belongs to somebody who has left, in the partnerships that
    the person leads: slug, partnership, owner_id, owner, active and number, by partnership and owner. One statement.

    What is due later is not looked for: a page that is asked for every morning reads no more of a partnership than it
    must, and nobody is told of it before.
    """
    of_organisation = (
        exists()
        .where(
            PartnershipBody.organisation_id == RoleGrant.organisation_id,
            PartnershipBody.partnership_id == Milestone.partnership_id,
            body_holds(today),
        )
        .correlate(RoleGrant, Milestone)
    )
    may_own = (
        exists()
        .where(
            RoleGrant.user_id == Milestone.owner_id,
            RoleGrant.role.in_(_OWNERS),
            or_(
                RoleGrant.scope == Scope.NATIONAL,
                RoleGrant.partnership_id == Milestone.partnership_id,
                and_(RoleGrant.scope == Scope.ORGANISATION, of_organisation),
            ),
        )
        .correlate(Milestone)
    )
    number = func.count(Milestone.id).label("number")
    return db.session.execute(
        select(
            Partnership.slug,
            Partnership.name.label("partnership"),
            User.id.label("owner_id"),
            User.name.label("owner"),
            User.active,
            number,
        )
        .select_from(Milestone)
        .join(Milestone.partnership)
        .join(Milestone.owner)
        .where(
            is_live(),
            within(Milestone.partnership_id, viewer, Permission.CHANGE_MILESTONES),
            within(Milestone.partnership_id, viewer, Permission.INVITE_PEOPLE),
            is_due_by(today + timedelta(days=COMING_UP_DAYS)),
            or_(User.active.is_(False), ~may_own),
        )
        .group_by(Partnership.slug, Partnership.name, User.id, User.name, User.active)
        .order_by(Partnership.name, User.name, User.id)
    ).all()
