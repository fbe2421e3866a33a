"""People and posts with accounts: who they are, which roles they hold where, and what they own."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased, joinedload

from cycle_tracker.access.queries.scopes import IS_OPEN, is_among
from cycle_tracker.access.queries.tenures import body_holds
from cycle_tracker.access.rules.permissions import Viewer, may_invite
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models import (
    AccountKind,
    Invitation,
    Milestone,
    Organisation,
    Partnership,
    PartnershipBody,
    PostHolder,
    RoleGrant,
    SignInSession,
    User,
)

LONGEST_SEARCH = 100


class Standing(StrEnum):
    """What an account is, to be filtered by."""

    ACTIVE = "active"
    NO_PASSWORD = "no-password"  # noqa: S105
    POST = "post"
    OFF = "off"


class Order(StrEnum):
    """What the list of people can be sorted by."""

    NAME = "name"
    EMAIL = "email"
    LAST_SEEN = "last-seen"


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to, and how it is sorted."""

    text: str = ""
    role: Role | None = None
    partnership: str = ""
    standing: Standing | None = None
    order: Order = Order.NAME


@dataclass(frozen=True)
class HeldRole:
    """One role that somebody holds, and where: the name of a partnership or organisation, empty for the nation."""

    grant_id: int
    user_id: int
    role: Role
    scope: Scope
    place: str
    slug: str
    partnership_id: int | None
    organisation_id: int | None


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


def count_people(asked: Asked, today: date) -> int:
    """How many people and posts there are that were asked for."""
    return db.session.scalar(select(func.count(User.id)).where(*_conditions(asked, today))) or 0


def list_people(asked: Asked, today: date, *, page: int | None = None, per_page: int = 0) -> list[Account]:
    """One page of the people and posts that were asked for, or all, with their roles; in two statements."""
    statement = _accounts(true()).where(*_conditions(asked, today)).order_by(*_order(asked.order))
    if page is not None:
        statement = statement.limit(per_page).offset((page - 1) * per_page)
    return _with_roles(db.session.execute(statement).all())


def count_people_of(partnership: Partnership, today: date) -> int:
    """How many people and posts have a role in a partnership, or own something in it."""
    return db.session.scalar(select(func.count(User.id)).where(_is_of(partnership.id, today))) or 0


def list_people_of(
    partnership: Partnership, today: date, *, page: int | None = None, per_page: int = 0
) -> list[Account]:
    """Who has a role in a partnership, by the partnership, an organisation of it or the nation, and who owns something
    in it without one; with what they own there; those of the nation last, then by name; in two statements."""
    is_near = or_(
        _holds(and_(RoleGrant.scope != Scope.NATIONAL, _reaches(partnership.id, today))), _owns(partnership.id)
    )
    statement = (
        _accounts(Milestone.partnership_id == partnership.id)
        .where(_is_of(partnership.id, today))
        .order_by(is_near.desc(), func.lower(User.name), User.id)
    )
    if page is not None:
        statement = statement.limit(per_page).offset((page - 1) * per_page)
    return _with_roles(db.session.execute(statement).all())


def get_person(user_id: int) -> User:
    """One person or post with their organisation. Raises NoResultFound where there is none."""
    return db.session.scalars(select(User).where(User.id == user_id).options(joinedload(User.organisation))).one()


def get_person_of(partnership: Partnership, user_id: int, today: date) -> User:
    """One person or post who has a role in a partnership or owns something in it. Raises NoResultFound for others."""
    return db.session.scalars(
        select(User).where(User.id == user_id, _is_of(partnership.id, today)).options(joinedload(User.organisation))
    ).one()


def list_roles(user_id: int) -> list[HeldRole]:
    """Every role that a person holds: those for the nation first, then by place and role."""
    return _roles_of([user_id])[user_id]


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
                PartnershipBody.partnership_id == partnership_id, body_holds(today)
            )
        )
    )


def list_owned(user_id: int, *, within: Collection[int] | None = None) -> Sequence[Milestone]:
    """The open milestones that somebody owns, in these partnerships or in all: by partnership, date and title."""
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
    """When somebody was last here; None where that is not known."""
    return db.session.scalar(select(func.max(SignInSession.seen_at)).where(SignInSession.user_id == user_id))


def list_holders(post_id: int) -> Sequence[User]:
    """The people who act for a post, by name."""
    return db.session.scalars(
        select(User)
        .join(PostHolder, PostHolder.user_id == User.id)
        .where(PostHolder.post_id == post_id)
        .order_by(User.name, User.id)
    ).all()


def list_posts_of(user_id: int) -> Sequence[User]:
    """The posts that a person acts for, by name."""
    return db.session.scalars(
        select(User)
        .join(PostHolder, PostHolder.post_id == User.id)
        .where(PostHolder.user_id == user_id)
        .order_by(User.name, User.id)
    ).all()


def holders_of(post_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of the active people who act for each of these posts."""
    found: dict[int, list[str]] = defaultdict(list)
    holder = aliased(User)
    for post_id, name in db.session.execute(
        select(PostHolder.post_id, holder.name)
        .join(holder, holder.id == PostHolder.user_id)
        .where(PostHolder.post_id.in_(post_ids), holder.active)
        .order_by(holder.name, holder.id)
    ):
        found[post_id].append(name)
    return found


def count_others_with_role(role: Role, user_id: int, *, partnership_id: int | None) -> int:
    """How many other active people hold a role in a partnership itself, or with none for the nation."""
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


def _open_invitations(condition: ColumnElement[bool]) -> Select[Invitation]:
    """Invitations that were neither accepted nor withdrawn, also those that ran out, the first to run out first."""
    return (
        select(Invitation)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None), condition)
        .options(
            joinedload(Invitation.partnership), joinedload(Invitation.organisation), joinedload(Invitation.invited_by)
        )
        .order_by(Invitation.expires_at, Invitation.id)
    )


def list_invitations_to(partnership: Partnership) -> Sequence[Invitation]:
    """The open invitations to one partnership."""
    return db.session.scalars(_open_invitations(Invitation.partnership_id == partnership.id)).all()


def list_invitations() -> Sequence[Invitation]:
    """Every open invitation."""
    return db.session.scalars(_open_invitations(true())).all()


def get_invitation(viewer: Viewer, invitation_id: int) -> Invitation:
    """One open invitation. Raises NoResultFound for one that the person could not have issued themselves."""
    invitation = db.session.scalars(
        select(Invitation).where(
            Invitation.id == invitation_id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
        )
    ).one()
    if not may_invite(viewer, invitation.role, invitation.scope, invitation.partnership_id):
        raise NoResultFound
    return invitation


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
    roles = _roles_of([row.id for row in listed])
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


def _roles_of(user_ids: Collection[int]) -> dict[int, list[HeldRole]]:
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


def _conditions(asked: Asked, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.text:
        wanted = asked.text[:LONGEST_SEARCH]
        conditions.append(
            or_(User.name.icontains(wanted, autoescape=True), User.email.icontains(wanted, autoescape=True))
        )
    if asked.role is not None and not asked.partnership:
        conditions.append(_holds(RoleGrant.role == asked.role))
    if asked.partnership:
        partnership_id = select(Partnership.id).where(Partnership.slug == asked.partnership).scalar_subquery()
        role = RoleGrant.role == asked.role if asked.role is not None else true()
        conditions.append(_holds(and_(role, _reaches(partnership_id, today))))
    if asked.standing is not None:
        conditions.append(_STANDINGS[asked.standing])
    return conditions


_STANDINGS: dict[Standing, ColumnElement[bool]] = {
    Standing.ACTIVE: and_(User.active, User.kind == AccountKind.PERSON),
    Standing.NO_PASSWORD: and_(User.active, User.kind == AccountKind.PERSON, User.password.is_(None)),
    Standing.POST: and_(User.active, User.kind == AccountKind.POST),
    Standing.OFF: ~User.active,
}


def _order(order: Order) -> tuple[Any, ...]:
    if order is Order.EMAIL:
        return (User.email,)
    if order is Order.LAST_SEEN:
        return (_last_seen().is_(None), _last_seen().desc(), func.lower(User.name), User.id)
    return (func.lower(User.name), User.id)


def _is_of(partnership_id: int, today: date) -> ColumnElement[bool]:
    return or_(_holds(_reaches(partnership_id, today)), _owns(partnership_id))


def _owns(partnership_id: int) -> ColumnElement[bool]:
    return (
        exists()
        .where(Milestone.owner_id == User.id, Milestone.partnership_id == partnership_id, IS_OPEN)
        .correlate(User)
    )


def _holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(RoleGrant.user_id == User.id, condition).correlate(User)


def _reaches(partnership_id: Any, today: date) -> ColumnElement[bool]:
    """True for grants that count in a partnership."""
    of_organisation = (
        exists()
        .where(
            PartnershipBody.organisation_id == RoleGrant.organisation_id,
            PartnershipBody.partnership_id == partnership_id,
            body_holds(today),
        )
        .correlate(RoleGrant)
    )
    return or_(
        RoleGrant.scope == Scope.NATIONAL,
        and_(RoleGrant.scope == Scope.PARTNERSHIP, RoleGrant.partnership_id == partnership_id),
        and_(RoleGrant.scope == Scope.ORGANISATION, of_organisation),
    )
