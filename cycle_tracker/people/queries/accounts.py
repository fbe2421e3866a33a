"""Lists of the people and posts with accounts, with their roles and what they own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.access import SignInSession
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import AccountKind, RoleGrant, User
from cycle_tracker.people.queries.held_roles import HeldRole, roles_of
from cycle_tracker.people.queries.people import belongs_to, grant_counts_in, holds_grant, owns_in

LONGEST_SEARCH = 100


class AccountStatus(StrEnum):
    """The status of an account, for the filter."""

    ACTIVE = "active"
    NO_PASSWORD = "no-password"  # noqa: S105
    POST = "post"
    OFF = "off"


class AccountOrder(StrEnum):
    """What the list of people can be sorted by."""

    NAME = "name"
    EMAIL = "email"
    LAST_SEEN = "last-seen"


@dataclass(frozen=True)
class AccountQuestion:
    """What the list is narrowed to, and how it is sorted."""

    text: str = ""
    role: Role | None = None
    partnership: str = ""
    status: AccountStatus | None = None
    order: AccountOrder = AccountOrder.NAME


@dataclass(frozen=True)
class Account:
    """One person or post in a list. `owned` counts the open milestones that they own, there where the list is of."""

    id: int
    name: str
    email: str
    kind: AccountKind
    active: bool
    has_password: bool
    organisation: str
    owned: int
    last_seen: datetime | None
    roles: tuple[HeldRole, ...] = ()

    @property
    def is_post(self) -> bool:
        """True for a post with a shared mailbox."""
        return self.kind is AccountKind.POST


def count_people(question: AccountQuestion, today: date) -> int:
    """How many people and posts there are that were asked for."""
    return db.session.scalar(select(func.count(User.id)).where(*_conditions(question, today))) or 0


def list_people(question: AccountQuestion, today: date, *, page: int | None = None, per_page: int = 0) -> list[Account]:
    """One page of the people and posts that were asked for, or all, with their roles; in two statements."""
    statement = _accounts(true()).where(*_conditions(question, today)).order_by(*_order(question.order))
    if page is not None:
        statement = statement.limit(per_page).offset((page - 1) * per_page)
    return _with_roles(db.session.execute(statement).all())


def count_people_of(partnership: Partnership, today: date) -> int:
    """How many people and posts have a role in a partnership, or own something in it."""
    return db.session.scalar(select(func.count(User.id)).where(belongs_to(partnership.id, today))) or 0


def list_people_of(
    partnership: Partnership, today: date, *, page: int | None = None, per_page: int = 0
) -> list[Account]:
    """Who has a role in a partnership, by the partnership, an organisation of it or for Scotland, and who owns
    something in it without one; with what they own there; those with roles for Scotland last, then by name; in two
    statements."""
    is_near = or_(
        holds_grant(and_(RoleGrant.scope != Scope.NATIONAL, grant_counts_in(partnership.id, today))),
        owns_in(partnership.id),
    )
    statement = (
        _accounts(Milestone.partnership_id == partnership.id)
        .where(belongs_to(partnership.id, today))
        .order_by(is_near.desc(), func.lower(User.name), User.id)
    )
    if page is not None:
        statement = statement.limit(per_page).offset((page - 1) * per_page)
    return _with_roles(db.session.execute(statement).all())


def _accounts(owned_where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    owned = (
        select(func.count(Milestone.id))
        .where(Milestone.owner_id == User.id, IS_OPEN, owned_where)
        .correlate(User)
        .scalar_subquery()
    )
    return select(
        User.id,
        User.name,
        User.email,
        User.kind,
        User.active,
        User.password.is_not(None).label("has_password"),
        Organisation.name.label("organisation"),
        owned.label("owned"),
        _last_seen().label("last_seen"),
    ).outerjoin(User.organisation)


def _last_seen() -> Any:
    return (
        select(func.max(SignInSession.seen_at))
        .where(SignInSession.user_id == User.id)
        .correlate(User)
        .scalar_subquery()
    )


def _with_roles(rows: Iterable[Any]) -> list[Account]:
    listed = list(rows)
    roles = roles_of([row.id for row in listed])
    return [
        Account(
            id=row.id,
            name=row.name,
            email=row.email,
            kind=row.kind,
            active=row.active,
            has_password=row.has_password,
            organisation=row.organisation or "",
            owned=row.owned,
            last_seen=row.last_seen,
            roles=tuple(roles[row.id]),
        )
        for row in listed
    ]


def _conditions(question: AccountQuestion, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if question.text:
        wanted = question.text[:LONGEST_SEARCH]
        conditions.append(
            or_(User.name.icontains(wanted, autoescape=True), User.email.icontains(wanted, autoescape=True))
        )
    if question.role is not None and not question.partnership:
        conditions.append(holds_grant(RoleGrant.role == question.role))
    if question.partnership:
        partnership_id = select(Partnership.id).where(Partnership.slug == question.partnership).scalar_subquery()
        role = RoleGrant.role == question.role if question.role is not None else true()
        conditions.append(holds_grant(and_(role, grant_counts_in(partnership_id, today))))
    if question.status is not None:
        conditions.append(_STATUSES[question.status])
    return conditions


_STATUSES: dict[AccountStatus, ColumnElement[bool]] = {
    AccountStatus.ACTIVE: and_(User.active, User.kind == AccountKind.PERSON),
    AccountStatus.NO_PASSWORD: and_(User.active, User.kind == AccountKind.PERSON, User.password.is_(None)),
    AccountStatus.POST: and_(User.active, User.kind == AccountKind.POST),
    AccountStatus.OFF: ~User.active,
}


def _order(order: AccountOrder) -> tuple[Any, ...]:
    if order is AccountOrder.EMAIL:
        return (User.email,)
    if order is AccountOrder.LAST_SEEN:
        return (_last_seen().is_(None), _last_seen().desc(), func.lower(User.name), User.id)
    return (func.lower(User.name), User.id)
