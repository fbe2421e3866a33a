"""What becomes of people with accounts: roles taken away, accounts switched off and on again.

Whoever loses or gains something must sign in again, so that no page that is open anywhere goes on as if nothing had
happened. What they may do is asked at every request anyway.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from cycle_tracker.access.services.sessions import end_sessions_of
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.group import Group, Membership, MembershipRole
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.people.queries.held_roles import count_others_with_role
from cycle_tracker.people.services.users import grant_role, rename_user, valid_name

# The places in a governance group that go with a role, and end with it.
PLACES_OF = {
    Role.GOVERNANCE: frozenset({MembershipRole.MEMBER, MembershipRole.CHAIR}),
    Role.CLERK: frozenset({MembershipRole.CLERK}),
}


def add_role(
    user: User,
    role: Role,
    *,
    partnership: Partnership | None,
    organisation: Organisation | None,
    by: User,
    now: datetime,
) -> None:
    """Grant a role. Raises RuleBroken for one that is not held so far or is held already, and for somebody who is
    switched off."""
    ensure_active(user)
    if grant_role(user, role, partnership, organisation, by=by, now=now) is None:
        raise RuleBroken(f"{user.name} already has this role there.", field="role")


def change_person(user: User, name: str, *, organisation: Organisation | None, by: User, now: datetime) -> None:
    """Give a person another name, or say for which organisation they work."""
    if valid_name(name) != user.name:
        rename_user(user, name, by=by, now=now)
    before, after = user.organisation_id, organisation.id if organisation else None
    if before != after:
        user.organisation = organisation
        audit.record(
            "user",
            user.id,
            "organisation-changed",
            by=by,
            at=now,
            before={"organisation_id": before},
            after={"organisation_id": after},
        )
        db.session.flush()


def take_away_role(grant: RoleGrant, *, by: User, today: date, now: datetime) -> None:
    """Take a role away, with the place in the governance group that goes with it, and end the person's sessions.

    Raises RuleBroken where nobody would be left: the last national administrator, or a lead who takes away their own
    role as the last lead.
    """
    ensure_somebody_stays(grant, by=by)
    user = db.session.get_one(User, grant.user_id)
    after = {"organisation_id": grant.organisation_id} if grant.organisation_id else {}
    audit.record(
        "user",
        user.id,
        "role-taken-away",
        by=by,
        at=now,
        partnership_id=grant.partnership_id,
        before={"role": grant.role, **after},
    )
    if grant.partnership_id is not None and grant.role in PLACES_OF:
        _leave_governance_group(user, grant.partnership_id, grant.role, today)
    user.grants.remove(grant)
    db.session.flush()
    end_sessions_of(user, now=now)


def ensure_somebody_stays(grant: RoleGrant, *, by: User) -> None:
    """Raises RuleBroken where taking this role away would leave nobody who can give it back."""
    if grant.scope is Scope.NATIONAL and grant.role is Role.ADMINISTRATOR:
        _ensure_another_administrator(grant.user_id)
    is_own_lead = grant.user_id == by.id and grant.role is Role.LEAD and grant.partnership_id is not None
    if is_own_lead and not count_others_with_role(Role.LEAD, grant.user_id, partnership_id=grant.partnership_id):
        raise RuleBroken("You are the only planning lead here. Invite another before you remove your own role.")


def deactivate(user: User, *, by: User, now: datetime) -> None:
    """Switch an account off: nobody signs in with it and nothing is mailed to it. What it owns stays as it is.

    Raises RuleBroken for one's own account and for the last national administrator.
    """
    if user.id == by.id:
        raise RuleBroken("You cannot switch off your own account. Ask another administrator.")
    if any(grant.role is Role.ADMINISTRATOR and grant.scope is Scope.NATIONAL for grant in user.grants):
        _ensure_another_administrator(user.id)
    if not user.active:
        raise RuleBroken(f"{user.name} is already switched off.")
    user.active = False
    audit.record("user", user.id, "deactivated", by=by, at=now, before={"active": True}, after={"active": False})
    db.session.flush()
    end_sessions_of(user, now=now)


def reactivate(user: User, *, by: User, now: datetime) -> None:
    """Switch an account on again, with the roles that it kept."""
    if user.active:
        raise RuleBroken(f"{user.name} is already switched on.")
    user.active = True
    audit.record("user", user.id, "reactivated", by=by, at=now, before={"active": False}, after={"active": True})
    db.session.flush()


def ensure_active(user: User) -> None:
    """Raises RuleBroken for an account that is switched off."""
    if not user.active:
        raise RuleBroken(f"{user.name} is switched off. Switch the account on first.")


def _ensure_another_administrator(user_id: int) -> None:
    if not count_others_with_role(Role.ADMINISTRATOR, user_id, partnership_id=None):
        raise RuleBroken("This is the only administrator. Give someone else this role first.")


def _leave_governance_group(user: User, partnership_id: int, role: Role, today: date) -> None:
    """End the person's place in the partnership's group with yesterday, where it is the one that goes with the role."""
    groups = select(Group.id).where(Group.partnership_id == partnership_id)
    db.session.execute(
        update(Membership)
        .where(
            Membership.user_id == user.id,
            Membership.group_id.in_(groups),
            Membership.role.in_(sorted(PLACES_OF[role])),
            Membership.to_on.is_(None),
        )
        .values(to_on=today - timedelta(days=1))
        .execution_options(synchronize_session="fetch")
    )
