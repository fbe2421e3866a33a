"""Sign-ins: which one a cookie belongs to with all that a page asks of its person, and where a person is signed in."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select

from cycle_tracker.access.queries.tenures import body_gives_access, membership_holds
from cycle_tracker.access.queries.viewers import is_deputy, stands_in_for
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.core.statements import built_once, day_of, rows_of
from cycle_tracker.models.access import SignInSession
from cycle_tracker.models.base import UtcDateTime
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.models.partnership_stamp import PartnershipStamp
from cycle_tracker.models.user import PostHolder, RoleGrant, User

LONGEST_IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class ViewerPlace:
    """The first of a person's partnerships by name, and whether they chair the governance group of any of them."""

    partnership: str
    is_chair: bool


@dataclass(frozen=True)
class LiveSession:
    """A sign-in that has not ended, what its person may do, whose they are, and where they work today.

    `partnerships_stamp` is the one of the list of partnerships now (`PartnershipStamp`)."""

    id: int
    seen_at: datetime
    viewer: Viewer
    organisation_id: int | None
    place: ViewerPlace | None
    partnerships_stamp: int | None


def is_live(began_since: Any, seen_since: Any) -> ColumnElement[bool]:
    """True of a sign-in that was not ended, is not idle for too long and did not begin too long ago."""
    return and_(
        SignInSession.ended_at.is_(None),
        SignInSession.began_at >= began_since,
        SignInSession.seen_at >= seen_since,
    )


def find_live_session(token_hash: str, now: datetime, today: date) -> LiveSession | None:
    """The sign-in with this token, its active person and their roles: in one statement, and in one more where the
    person is someone's deputy."""
    values = {
        "token_hash": token_hash,
        "began_since": now - LONGEST,
        "seen_since": now - LONGEST_IDLE,
        "today": today,
    }
    rows = rows_of(_live_session(), **values)
    if not rows:
        return None
    first = rows[0]
    places = [(row.partnership, row.partnership_id, row.is_chair) for row in rows if row.partnership_id is not None]
    return LiveSession(
        id=first.id,
        seen_at=first.seen_at,
        viewer=_viewer(rows, today),
        organisation_id=first.person_of,
        place=ViewerPlace(min(places)[0], any(is_chair for *_, is_chair in places)) if places else None,
        partnerships_stamp=first.stamp,
    )


def list_live_sessions(user_id: int, now: datetime) -> Sequence[SignInSession]:
    """Where a person is signed in now, the latest seen first."""
    return db.session.scalars(
        select(SignInSession)
        .where(SignInSession.user_id == user_id, is_live(now - LONGEST, now - LONGEST_IDLE))
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())
    ).all()


def find_by_uniquifier(uniquifier: str) -> User | None:
    """The active person whose sign-in waits for its code. Anything that ends their sign-ins gives them another one."""
    return db.session.scalars(select(User).where(User.fs_uniquifier == uniquifier, User.active)).one_or_none()


@built_once
def _live_session() -> Select[*tuple[Any, ...]]:
    """A row for each grant in each of its partnerships, and for each post."""
    today = day_of()
    is_chair = exists().where(
        Membership.group_id == Group.id,
        Membership.user_id == User.id,
        Membership.role == MembershipRole.CHAIR,
        membership_holds(today),
        Group.partnership_id == Partnership.id,
    )
    body_today = and_(PartnershipBody.organisation_id == RoleGrant.organisation_id, body_gives_access(today))
    return (
        select(
            SignInSession.id,
            SignInSession.seen_at,
            SignInSession.user_id,
            User.name,
            User.organisation_id.label("person_of"),
            RoleGrant.role,
            RoleGrant.scope,
            Partnership.id.label("partnership_id"),
            Partnership.name.label("partnership"),
            PostHolder.post_id,
            is_deputy(today).label("is_deputy"),
            is_chair.correlate(User, Partnership).label("is_chair"),
            select(PartnershipStamp.stamp).scalar_subquery().label("stamp"),
        )
        .join(User, User.id == SignInSession.user_id)
        .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
        .outerjoin(PartnershipBody, body_today)
        .outerjoin(
            Partnership, Partnership.id == func.coalesce(RoleGrant.partnership_id, PartnershipBody.partnership_id)
        )
        .outerjoin(PostHolder, PostHolder.user_id == User.id)
        .where(
            SignInSession.token_hash == bindparam("token_hash"),
            is_live(bindparam("began_since", type_=UtcDateTime), bindparam("seen_since", type_=UtcDateTime)),
            User.active,
        )
        .order_by(RoleGrant.id, PartnershipBody.id, PostHolder.id)
    )


def _viewer(rows: Sequence[Any], today: date) -> Viewer:
    first = rows[0]
    within: dict[int, set[Role]] = defaultdict(set)
    for row in rows:
        if row.partnership_id is not None:
            within[row.partnership_id].add(row.role)
    return Viewer(
        user_id=first.user_id,
        name=first.name,
        national=frozenset(row.role for row in rows if row.scope is Scope.NATIONAL),
        within={number: frozenset(roles) for number, roles in within.items()},
        posts=frozenset(row.post_id for row in rows if row.post_id is not None),
        stands_in_for=stands_in_for(first.user_id, today) if first.is_deputy else frozenset(),
    )
