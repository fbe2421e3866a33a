"""Accounts: making them, granting roles, and checking a password."""

import unicodedata
from datetime import datetime
from functools import lru_cache
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email

from cycle_tracker.access.rules.permissions import NATIONAL_ROLES
from cycle_tracker.access.services.access_links import use_up_links_of
from cycle_tracker.access.services.passwords import hash_password, verify_password
from cycle_tracker.access.services.sessions import end_sessions_of
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.people.queries.users import find_governance_group, find_grant, find_membership, find_user

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
NEEDS_A_PARTNERSHIP = frozenset({Role.LEAD, Role.GOVERNANCE, Role.CLERK})
# Roles that may be held in all partnerships of an organisation; a place in a group is held in that group.
BY_ORGANISATION = frozenset({Role.LEAD, Role.CONTRIBUTOR})
PLACES_IN_A_GROUP = {Role.GOVERNANCE: MembershipRole.MEMBER, Role.CLERK: MembershipRole.CLERK}


def add_user(email: str, *, name: str, by: User | None, now: datetime) -> User:
    """A new account, with no password and no role. Raises RuleBroken for an address or a name that is none."""
    user = User(email=valid_email(email), name=valid_name(name), active=True, fs_uniquifier=uuid4().hex)
    db.session.add(user)
    db.session.flush()
    audit.record("user", user.id, "added", by=by, at=now)
    return user


def rename_user(user: User, name: str, *, by: User | None, now: datetime) -> None:
    """Give a person another name. The audit says that it changed, and keeps no name."""
    user.name = valid_name(name)
    audit.record("user", user.id, "renamed", by=by, at=now)
    db.session.flush()


def set_password(user: User, password: str, *, by: User | None, now: datetime, but: int | None = None) -> None:
    """Set a password, which ends every sign-in of the person `but` the one with this number, and uses up the links
    that they were mailed. Raises RuleBroken for one that is too short or long, and for a post."""
    if user.is_post:
        raise RuleBroken("This is a post with a shared mailbox, which cannot sign in.", field="password")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise RuleBroken(
            f"The password must be {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.", field="password"
        )
    user.password = hash_password(_normal(password))
    end_sessions_of(user, now=now, but=but)
    use_up_links_of(user, now=now)
    audit.record("user", user.id, "password-set", by=by, at=now)
    db.session.flush()


def is_password_of(user: User, password: str) -> bool:
    """True where this is the person's password."""
    return user.password is not None and verify_password(_normal(password), user.password)


def authenticate(email: str, password: str) -> User | None:
    """The active person with this address and password. Nobody signs in as a post.

    The work is the same whether the account is unknown, has no password, is switched off, or the password is wrong,
    so that the time it takes tells nothing.
    """
    user = find_user(email)
    stored = user.password if user is not None and user.password else _nobody()
    is_right = verify_password(_normal(password), stored)
    return user if user is not None and user.password and user.active and not user.is_post and is_right else None


def grant_role(
    user: User,
    role: Role,
    partnership: Partnership | None,
    organisation: Organisation | None = None,
    *,
    place: MembershipRole | None = None,
    by: User | None,
    now: datetime,
) -> RoleGrant | None:
    """Grant a role in a partnership, in every partnership of an organisation, or with neither everywhere; None where
    the person holds it already. Whoever gets another role signs in again.

    Governance group members and clerks also join the partnership's governance group, in the `place` given or the one
    that goes with the role. Raises RuleBroken for a role that is not held so far, and for a post that would get
    another role than contributor.
    """
    ensure_scope(role, partnership, organisation)
    if user.is_post and role is not Role.CONTRIBUTOR:
        raise RuleBroken("A post can only be a contributor.", field="role")
    if partnership is not None and role in PLACES_IN_A_GROUP:
        join_governance_group(user, partnership, place or PLACES_IN_A_GROUP[role])
    partnership_id, organisation_id = (
        (partnership.id if partnership else None),
        (organisation.id if organisation else None),
    )
    if find_grant(user, role, partnership_id, organisation_id) is not None:
        return None
    grant = RoleGrant(
        user_id=user.id,
        role=role,
        scope=scope_of(partnership, organisation),
        partnership_id=partnership_id,
        organisation_id=organisation_id,
    )
    db.session.add(grant)
    end_sessions_of(user, now=now)
    audit.record(
        "user",
        user.id,
        "role-granted",
        by=by,
        at=now,
        partnership_id=partnership_id,
        after={"role": role, "organisation_id": organisation_id} if organisation_id else {"role": role},
    )
    db.session.flush()
    return grant


def ensure_scope(role: Role, partnership: Partnership | None, organisation: Organisation | None) -> None:
    """Raises RuleBroken, beside the place that was named, for a role that is not held so far."""
    if partnership is not None and organisation is not None:
        raise RuleBroken("Choose a partnership or an organisation, not both.", field="organisation")
    if organisation is not None and role not in BY_ORGANISATION:
        raise RuleBroken(f"You cannot give the role “{role.label}” for an organisation.", field="organisation")
    if partnership is None and organisation is None and role in NEEDS_A_PARTNERSHIP:
        raise RuleBroken(f"The role “{role.label}” needs a partnership.", field="partnership")
    if partnership is not None and role in NATIONAL_ROLES:
        raise RuleBroken(
            f"The role “{role.label}” is national and cannot be given for one partnership.", field="partnership"
        )


def scope_of(partnership: Partnership | None, organisation: Organisation | None) -> Scope:
    """How far a grant reaches that names this partnership, this organisation, or neither."""
    if partnership is not None:
        return Scope.PARTNERSHIP
    return Scope.ORGANISATION if organisation is not None else Scope.NATIONAL


def join_governance_group(user: User, partnership: Partnership, role: MembershipRole) -> Membership:
    """Give a person a place in the partnership's governance group, which is made if it is not there."""
    group = find_governance_group(partnership.id) or _new_group(partnership)
    membership = find_membership(group, user)
    if membership is None:
        membership = Membership(group_id=group.id, user_id=user.id, role=role)
        db.session.add(membership)
    membership.role, membership.to_on = role, None
    db.session.flush()
    return membership


def valid_email(email: str) -> str:
    """The address in small letters. Raises RuleBroken for what is no address; nobody asks whether mail gets there."""
    line = one_line(email)
    try:
        checked = validate_email(line, check_deliverability=False, test_environment=True, globally_deliverable=False)
    except EmailNotValidError as error:
        raise RuleBroken(f"“{line}” is not an email address: {error}", field="email") from error
    return checked.normalized.lower()


def valid_name(name: str) -> str:
    """A name on one line. Raises RuleBroken for an empty one or one that is too long."""
    tidy = one_line(name)
    if not 1 <= len(tidy) <= 120:
        raise RuleBroken("The name must be 1 to 120 characters.", field="name")
    return tidy


def _new_group(partnership: Partnership) -> Group:
    group = Group(partnership=partnership, name=f"{partnership.name} governance group")
    db.session.add(group)
    db.session.flush()
    return group


def _normal(password: str) -> str:
    """The same bytes for the same characters, however a keyboard put them together."""
    return unicodedata.normalize("NFKD", password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    """The hash of a password that nobody has, to be checked where there is none."""
    return hash_password(uuid4().hex)
