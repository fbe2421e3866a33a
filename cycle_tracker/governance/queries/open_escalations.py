"""The open escalation stages of one milestone, and who answers for a group beyond what their roles say."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Exists, Select, exists, select
from sqlalchemy.orm import joinedload

from cycle_tracker.access.queries.tenures import membership_holds
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import RoleGrant, User


def list_open_rungs(milestone: Milestone) -> Sequence[Escalation]:
    """The open escalations of a milestone, the first to fall due first, with the people who acknowledged or raised
    them."""
    return db.session.scalars(_open_rungs(), {"milestone": milestone.id}).all()


@built_once
def _open_rungs() -> Select[Escalation]:
    return (
        select(Escalation)
        .where(Escalation.milestone_id == number_of("milestone"), Escalation.resolved_at.is_(None))
        .options(joinedload(Escalation.acknowledged_by), joinedload(Escalation.raised_by))
        .order_by(Escalation.fell_due_on, Escalation.id)
    )


def chairs_group_of(user_id: int, partnership_id: int | None, today: date) -> bool:
    """True where the person chairs the governance group of the partnership today."""
    if partnership_id is None:
        return False
    place = _place(user_id, today, Group.partnership_id == partnership_id, Membership.role == MembershipRole.CHAIR)
    return bool(db.session.scalar(select(place)))


def list_chairs(partnership_id: int | None, today: date, *, besides: User) -> Sequence[User]:
    """The active people who chair the governance group of the partnership today, but for this one; by number."""
    return db.session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(Group, Group.id == Membership.group_id)
        .where(
            Group.partnership_id == partnership_id,
            Membership.role == MembershipRole.CHAIR,
            membership_holds(today),
            User.active,
            User.id != besides.id,
        )
        .order_by(User.id)
    ).all()


def is_in_national_group(user_id: int, today: date) -> bool:
    """True where the person is in the Scottish Government escalation group today."""
    return bool(db.session.scalar(select(_place(user_id, today, Group.partnership_id.is_(None)))))


def find_national_group() -> Group | None:
    """The Scottish Government escalation group: the first group of no partnership."""
    return db.session.scalars(
        select(Group).where(Group.partnership_id.is_(None)).order_by(Group.id).limit(1)
    ).one_or_none()


def national_members(today: date) -> list[int]:
    """The active people in the Scottish Government escalation group today, by number."""
    return list(
        db.session.scalars(
            select(Membership.user_id)
            .join(Group, Group.id == Membership.group_id)
            .join(User, User.id == Membership.user_id)
            .where(Group.partnership_id.is_(None), membership_holds(today), User.active)
            .group_by(Membership.user_id)
            .order_by(Membership.user_id)
        )
    )


def open_rung_to(rungs: Iterable[Escalation], audience: Audience) -> Escalation | None:
    """The first of these that was passed to an audience."""
    return next((rung for rung in rungs if rung.audience is audience), None)


def _place(user_id: int, today: date, *conditions: ColumnElement[bool]) -> Exists:
    return exists().where(
        Membership.group_id == Group.id,
        Membership.user_id == user_id,
        membership_holds(today),
        *conditions,
    )


def list_officials() -> Sequence[User]:
    """The active officials of Scottish Government, by name."""
    holders = select(RoleGrant.user_id).where(RoleGrant.role == Role.OFFICIAL, RoleGrant.scope == Scope.NATIONAL)
    return db.session.scalars(select(User).where(User.id.in_(holders), User.active).order_by(User.name, User.id)).all()


def get_national_membership(membership_id: int) -> Membership:
    """A place in the national group, locked for the person who ends it. Raises NoResultFound where there is none."""
    return db.session.scalars(
        select(Membership)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.id == membership_id, Group.partnership_id.is_(None))
        .options(joinedload(Membership.user))
        .with_for_update(of=Membership)
    ).one()
