"""Inviting somebody to join in one role and place, fixed when the invitation is issued.

Whether the inviter may give the role is asked when the invitation is issued and again when it is accepted, of what
they hold then; `invitation_acceptance` has the second half.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from cycle_tracker.access.rules.permissions import Viewer, may_invite
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_grant, find_user
from cycle_tracker.people.services.account_mails import queue_invitation
from cycle_tracker.people.services.users import (
    ensure_scope,
    scope_of,
    valid_email,
    valid_name,
)

HOLDS_FOR = timedelta(days=7)


def invite(
    email: str,
    name: str,
    *,
    role: Role,
    scope: Scope,
    partnership: Partnership | None = None,
    organisation: Organisation | None = None,
    by: User,
    viewer: Viewer,
    now: datetime,
) -> Invitation:
    """Ask somebody to join, by a mail whose link holds for seven days. An open invitation of the same address to the
    same role in the same place is replaced.

    Raises RuleBroken, with the field that it belongs beside, for what is no address or name, a role that is not held
    in this place or that the inviter may not give, and an address whose account cannot take it.
    """
    address, tidy_name = valid_email(email), valid_name(name)
    _ensure_place(role, scope, partnership, organisation)
    if not may_invite(viewer, role, scope, partnership.id if partnership else None):
        raise RuleBroken("You cannot invite anyone to this role there.", field="role")
    _ensure_can_take(address, role, partnership, organisation)
    for earlier in _open_ones(address, role, partnership, organisation):
        _withdraw(earlier, by=by, now=now)
    invitation = Invitation(
        email=address,
        name=tidy_name,
        role=role,
        scope=scope,
        partnership=partnership,
        organisation=organisation,
        invited_by=by,
        invited_at=now,
        expires_at=now + HOLDS_FOR,
    )
    db.session.add(invitation)
    db.session.flush()
    record_invitation(invitation, "issued", by=by, now=now)
    queue_invitation(invitation, place_of(invitation), now=now)
    return invitation


def withdraw_invitation(invitation: Invitation, *, by: User, now: datetime) -> None:
    """Take an invitation back: its links are worth nothing, and a mail that is not out yet stays here. Raises
    RuleBroken for one that was accepted or withdrawn."""
    _ensure_undecided(invitation)
    _withdraw(invitation, by=by, now=now)


def send_invitation_again(invitation: Invitation, *, by: User, viewer: Viewer, now: datetime) -> None:
    """Send the email again, with a link that is valid for seven days from now; whoever sends it again is the inviter.

    Raises RuleBroken for one that was accepted or withdrawn, or that this person could not issue today.
    """
    _ensure_undecided(invitation)
    if not may_invite(viewer, invitation.role, invitation.scope, invitation.partnership_id):
        raise RuleBroken("You cannot invite anyone to this role there.", field="role")
    _ensure_can_take(invitation.email, invitation.role, invitation.partnership, invitation.organisation)
    invitation.invited_by, invitation.expires_at = by, now + HOLDS_FOR
    record_invitation(invitation, "sent-again", by=by, now=now)
    queue_invitation(invitation, place_of(invitation), now=now)


def place_of(invitation: Invitation) -> str:
    """Where the role is held: `Moray`, `all partnerships of NHS Grampian`, `all of Scotland`."""
    if invitation.partnership is not None:
        return invitation.partnership.name
    return f"all partnerships of {invitation.organisation.name}" if invitation.organisation else "all of Scotland"


def _ensure_place(role: Role, scope: Scope, partnership: Partnership | None, organisation: Organisation | None) -> None:
    """Raises RuleBroken where the place is not one of this scope, or the role is not held so far."""
    if scope is Scope.PARTNERSHIP and partnership is None:
        raise RuleBroken("Choose a partnership.", field="partnership")
    if scope is Scope.ORGANISATION and organisation is None:
        raise RuleBroken("Choose an organisation.", field="organisation")
    if scope is not scope_of(partnership, organisation):
        raise RuleBroken("Choose either a partnership, an organisation or all of Scotland.", field="scope")
    ensure_scope(role, partnership, organisation)


def _ensure_can_take(
    email: str, role: Role, partnership: Partnership | None, organisation: Organisation | None
) -> None:
    user = find_user(email)
    if user is None:
        return
    if user.is_post:
        raise RuleBroken(
            "This is the shared mailbox of a post, which cannot sign in. Invite a person instead.", field="email"
        )
    if not user.active:
        raise RuleBroken("The account with this address is switched off. Ask an administrator.", field="email")
    if find_grant(user, role, partnership.id if partnership else None, organisation.id if organisation else None):
        raise RuleBroken("The person with this address already has this role there.", field="email")


def _ensure_undecided(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise RuleBroken("This invitation has already been accepted.")
    if invitation.withdrawn_at is not None:
        raise RuleBroken("This invitation has been withdrawn.")


def _open_ones(
    email: str, role: Role, partnership: Partnership | None, organisation: Organisation | None
) -> list[Invitation]:
    return list(
        db.session.scalars(
            select(Invitation)
            .where(
                Invitation.email == email,
                Invitation.role == role,
                Invitation.partnership_id.is_not_distinct_from(partnership.id if partnership else None),
                Invitation.organisation_id.is_not_distinct_from(organisation.id if organisation else None),
                Invitation.accepted_at.is_(None),
                Invitation.withdrawn_at.is_(None),
            )
            .order_by(Invitation.id)
        )
    )


def _withdraw(invitation: Invitation, *, by: User, now: datetime) -> None:
    invitation.withdrawn_at = now
    record_invitation(invitation, "withdrawn", by=by, now=now)
    db.session.flush()


def record_invitation(invitation: Invitation, action: str, *, by: User, now: datetime) -> None:
    """Write down what became of an invitation."""
    audit.record(
        "invitation",
        invitation.id,
        action,
        by=by,
        at=now,
        partnership_id=invitation.partnership_id,
        after={"role": invitation.role, "scope": invitation.scope, "organisation_id": invitation.organisation_id},
    )
