"""Governance groups: who is in them, when they meet, and what was passed to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Scope
from cycle_tracker.governance.rules import FURTHEST_AGENDA
from cycle_tracker.models.group import Group, Meeting, Membership, MembershipRole
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import AccountKind, RoleGrant, User
from cycle_tracker.partnerships.queries.partnerships import get_partnership

PLACES = (MembershipRole.CHAIR, MembershipRole.CLERK, MembershipRole.MEMBER)
"""The places in a group in the order in which they are listed."""


@dataclass(frozen=True)
class GroupOf:
    """A partnership with its governance group; None where it has none yet."""

    partnership: Partnership
    group: Group | None


def get_group(viewer: Viewer, slug: str, *, to: Permission | None = None) -> GroupOf:
    """The governance group of a partnership, for those who read the partnership and for those who look after groups.

    Raises NoResultFound where the person sees nothing of the partnership, and NotAllowed where they see something of
    it and not its group, or lack the permission `to` there.
    """
    partnership = get_partnership(viewer, slug)
    wanted = (to,) if to is not None else (Permission.READ_PARTNERSHIP, Permission.MANAGE_GROUP)
    if not any(viewer.can(permission, partnership.id) for permission in wanted):
        raise NotAllowed
    group = db.session.scalars(
        select(Group).where(Group.partnership_id == partnership.id).order_by(Group.id).limit(1)
    ).one_or_none()
    return GroupOf(partnership, group)


def get_membership(viewer: Viewer, slug: str, membership_id: int) -> Membership:
    """A place in the group of this partnership, locked for the person who changes it, with its person. Raises
    NoResultFound where the group has no such place, and NotAllowed for those who do not look after the group."""
    found = get_group(viewer, slug, to=Permission.MANAGE_GROUP)
    if found.group is None:
        raise NoResultFound
    return db.session.scalars(
        select(Membership)
        .where(Membership.id == membership_id, Membership.group_id == found.group.id)
        .options(joinedload(Membership.user))
        .with_for_update(of=Membership)
    ).one()


def get_meeting(viewer: Viewer, slug: str, meeting_id: int, *, to: Permission = Permission.MANAGE_GROUP) -> Meeting:
    """A meeting of the group of this partnership, locked for the person who changes it. Raises NoResultFound where
    there is none, and NotAllowed for those who lack the permission `to`: by itself, to look after the group."""
    found = get_group(viewer, slug, to=to)
    if found.group is None:
        raise NoResultFound
    return db.session.scalars(
        select(Meeting).where(Meeting.id == meeting_id, Meeting.group_id == found.group.id).with_for_update()
    ).one()


def list_members(group: Group | None) -> Sequence[Membership]:
    """Everyone who is or was in a group: chair, clerks, members, by name."""
    if group is None:
        return []
    place = case(*((Membership.role == role, number) for number, role in enumerate(PLACES)))
    return db.session.scalars(
        select(Membership)
        .join(Membership.user)
        .where(Membership.group_id == group.id)
        .options(joinedload(Membership.user))
        .order_by(place, User.name, Membership.id)
    ).all()


def list_meetings(group: Group | None, *, page: int, per_page: int) -> Sequence[Meeting]:
    """One page of a group's meetings, the newest first."""
    if group is None:
        return []
    return db.session.scalars(
        _meetings(group).order_by(Meeting.held_on.desc(), Meeting.id).limit(per_page).offset((page - 1) * per_page)
    ).all()


def count_meetings(group: Group | None) -> int:
    """How many meetings a group has in all."""
    if group is None:
        return 0
    return db.session.scalar(select(func.count()).select_from(_meetings(group).subquery())) or 0


def list_meetings_held(partnership_id: int, today: date, *, at_most: int = 20) -> Sequence[Meeting]:
    """The last meetings of a partnership's governance groups at which something can have been decided."""
    return db.session.scalars(
        select(Meeting)
        .join(Meeting.group)
        .where(Group.partnership_id == partnership_id, Meeting.held_on <= today)
        .order_by(Meeting.held_on.desc(), Meeting.id)
        .limit(at_most)
    ).all()


def list_agendas(partnership_id: int, today: date) -> Sequence[Meeting]:
    """The meetings of a partnership's governance groups on whose agenda something can be put, the next one first."""
    return db.session.scalars(
        select(Meeting)
        .join(Meeting.group)
        .where(
            Group.partnership_id == partnership_id,
            Meeting.held_on > today,
            Meeting.held_on <= today + FURTHEST_AGENDA,
        )
        .order_by(Meeting.held_on, Meeting.id)
    ).all()


def list_people_to_add(partnership: Partnership, group: Group | None) -> Sequence[User]:
    """The active people who have a role in the partnership and are not in its group, by name."""
    holders = select(RoleGrant.user_id).where(
        RoleGrant.scope == Scope.PARTNERSHIP, RoleGrant.partnership_id == partnership.id
    )
    statement = select(User).where(User.id.in_(holders), User.active, User.kind == AccountKind.PERSON)
    if group is not None:
        present = select(Membership.user_id).where(Membership.group_id == group.id, Membership.to_on.is_(None))
        statement = statement.where(User.id.not_in(present))
    return db.session.scalars(statement.order_by(User.name, User.id)).all()


def _meetings(group: Group) -> Select[Meeting]:
    return select(Meeting).where(Meeting.group_id == group.id)
