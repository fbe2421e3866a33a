"""Who is away, and who is covering for them."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.partnership import PartnershipBody
from cycle_tracker.models.user import AccountKind, RoleGrant, User


def list_to_come(user_id: int, today: date, *, also_as_deputy: bool = False) -> Sequence[Delegation]:
    """The delegations of someone who is away, today or later, and where asked for, those whose deputy they are; the
    first to begin first. One statement."""
    whose = Delegation.user_id == user_id
    return db.session.scalars(
        select(Delegation)
        .where(
            or_(whose, Delegation.deputy_id == user_id) if also_as_deputy else whose,
            Delegation.to_on >= today,
            Delegation.ended_at.is_(None),
        )
        .options(joinedload(Delegation.user), joinedload(Delegation.deputy), joinedload(Delegation.set_by))
        .order_by(Delegation.from_on, Delegation.id)
    ).all()


def list_between(from_on: date, to_on: date) -> Sequence[Delegation]:
    """Every delegation that applies on any day between two, for anyone."""
    return db.session.scalars(
        select(Delegation)
        .where(Delegation.from_on <= to_on, Delegation.to_on >= from_on, Delegation.ended_at.is_(None))
        .options(joinedload(Delegation.user), joinedload(Delegation.deputy))
        .order_by(Delegation.id)
    ).all()


def get_delegation(delegation_id: int, *, of: int, or_deputy: bool = False) -> Delegation:
    """One delegation of a person, or where asked for one whose deputy they are, locked for the person who ends it.
    Raises NoResultFound for any other."""
    found = db.session.scalars(
        select(Delegation)
        .where(Delegation.id == delegation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if found.user_id != of and not (or_deputy and found.deputy_id == of):
        raise NoResultFound
    return found


def list_possible_deputies(person: Viewer, today: date) -> Sequence[User]:
    """The active people who have a role where the person works, by name: in one of their partnerships, or for Scotland
    one of their national roles. One statement."""
    here = sorted(person.within)
    bodies = select(PartnershipBody.organisation_id).where(
        PartnershipBody.partnership_id.in_(here), body_gives_access(today)
    )
    holders = select(RoleGrant.user_id).where(
        or_(
            and_(RoleGrant.scope == Scope.PARTNERSHIP, RoleGrant.partnership_id.in_(here)),
            and_(RoleGrant.scope == Scope.ORGANISATION, RoleGrant.organisation_id.in_(bodies)),
            and_(RoleGrant.scope == Scope.NATIONAL, RoleGrant.role.in_(_roles(person))),
        )
    )
    return db.session.scalars(
        select(User)
        .where(User.id.in_(holders), User.id != person.user_id, User.active, User.kind == AccountKind.PERSON)
        .order_by(User.name, User.id)
    ).all()


def _roles(person: Viewer) -> list[Role]:
    return sorted(person.national)
