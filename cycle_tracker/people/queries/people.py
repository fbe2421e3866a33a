"""One person or post: who they are, what they own, and whether they belong to a partnership."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from cycle_tracker.access.queries.scopes import IS_OPEN, is_among
from cycle_tracker.access.queries.tenures import body_gives_access
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Scope
from cycle_tracker.models.access import SignInSession
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User


def get_person(user_id: int) -> User:
    """One person or post with their organisation. Raises NoResultFound where there is none."""
    return db.session.scalars(select(User).where(User.id == user_id).options(joinedload(User.organisation))).one()


def get_person_of(partnership: Partnership, user_id: int, today: date) -> User:
    """One person or post who has a role in a partnership or owns something in it. Raises NoResultFound for others."""
    return db.session.scalars(
        select(User).where(User.id == user_id, belongs_to(partnership.id, today)).options(joinedload(User.organisation))
    ).one()


def list_owned(user_id: int, *, within: Collection[int] | None = None) -> Sequence[Milestone]:
    """The open milestones that someone owns, in these partnerships or in all: by partnership, date and title."""
    statement = (
        select(Milestone)
        .join(Milestone.partnership)
        .where(Milestone.owner_id == user_id, IS_OPEN)
        .options(joinedload(Milestone.partnership))
        .order_by(Partnership.name, Milestone.due_on.is_(None), Milestone.due_on, Milestone.title, Milestone.id)
    )
    if within is not None:
        statement = statement.where(is_among(Milestone.partnership_id, frozenset(within)))
    return db.session.scalars(statement).all()


def last_seen(user_id: int) -> datetime | None:
    """When someone was last here; None where that is not known."""
    return db.session.scalar(select(func.max(SignInSession.seen_at)).where(SignInSession.user_id == user_id))


def belongs_to(partnership_id: int, today: date) -> ColumnElement[bool]:
    """True for people who have a role in a partnership or own something in it."""
    return or_(holds_grant(grant_counts_in(partnership_id, today)), owns_in(partnership_id))


def owns_in(partnership_id: int) -> ColumnElement[bool]:
    """True for people who own an open milestone of a partnership."""
    return (
        exists()
        .where(Milestone.owner_id == User.id, Milestone.partnership_id == partnership_id, IS_OPEN)
        .correlate(User)
    )


def holds_grant(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """True for people with a grant that meets this condition."""
    return exists().where(RoleGrant.user_id == User.id, condition).correlate(User)


def grant_counts_in(partnership_id: Any, today: date) -> ColumnElement[bool]:
    """True for grants that count in a partnership."""
    of_organisation = (
        exists()
        .where(
            PartnershipBody.organisation_id == RoleGrant.organisation_id,
            PartnershipBody.partnership_id == partnership_id,
            body_gives_access(today),
        )
        .correlate(RoleGrant)
    )
    return or_(
        RoleGrant.scope == Scope.NATIONAL,
        and_(RoleGrant.scope == Scope.PARTNERSHIP, RoleGrant.partnership_id == partnership_id),
        and_(RoleGrant.scope == Scope.ORGANISATION, of_organisation),
    )
