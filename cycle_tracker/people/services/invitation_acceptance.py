"""Accepting an invitation: once, for the role and place that it offers, while its inviter may still give them."""

from datetime import datetime

from sqlalchemy import update

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import may_invite
from cycle_tracker.access.services.access_links import find_invitation_of, spend_link
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.models.access import Invitation, LinkPurpose
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services.invitations import record_invitation
from cycle_tracker.people.services.users import add_user, grant_role, set_password

IS_OVER = "This invitation is no longer valid. Ask the person who invited you for a new one."


class InvitationOver(RuleBroken):
    """The invitation was used, withdrawn or is too old, or its inviter may no longer give what it offers."""


def accept_invitation(token: str, name: str, password: str, *, now: datetime) -> User:
    """Make the account that an invitation is for, with exactly its grant.

    Raises InvitationOver where it no longer holds or there is such an account by now, and RuleBroken for a name or a
    password that will not do; the invitation can then be tried again.
    """
    invitation = _take(token, now)
    if find_user(invitation.email) is not None:
        raise InvitationOver("There is already an account with this address. Sign in, then accept the invitation.")
    user = add_user(invitation.email, name=name, by=invitation.invited_by, now=now)
    set_password(user, password, by=user, now=now)
    _give(invitation, user, now)
    return user


def accept_invitation_as(token: str, user: User, *, now: datetime) -> None:
    """Add what an invitation offers to the account of its address. Ends the person's sign-ins where it was anything
    new. Raises InvitationOver where it no longer holds, or is for somebody else."""
    invitation = _take(token, now)
    if user.email != invitation.email or not user.active or user.is_post:
        raise InvitationOver(IS_OVER)
    _give(invitation, user, now)


def find_open_invitation(token: str, *, now: datetime) -> Invitation | None:
    """The invitation of a link that could be accepted now: nothing of it is over, and its inviter may still give it."""
    invitation = find_invitation_of(token, now=now)
    return invitation if invitation is not None and _may_still_give(invitation, now) else None


def _take(token: str, now: datetime) -> Invitation:
    """Use the invitation up: for exactly one of those who try at the same moment, by whichever of its links."""
    invitation = find_open_invitation(token, now=now)
    if invitation is None or not spend_link(token, LinkPurpose.ACCEPT_INVITATION, now=now):
        raise InvitationOver(IS_OVER)
    taken = (
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
        )
        .values(accepted_at=now)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalars(taken).one_or_none() is None:
        raise InvitationOver(IS_OVER)
    db.session.refresh(invitation)
    return invitation


def _give(invitation: Invitation, user: User, now: datetime) -> None:
    invitation.accepted_by_id = user.id
    grant_role(
        user, invitation.role, invitation.partnership, invitation.organisation, by=invitation.invited_by, now=now
    )
    record_invitation(invitation, "accepted", by=user, now=now)
    db.session.flush()


def _may_still_give(invitation: Invitation, now: datetime) -> bool:
    inviter = viewers_of([invitation.invited_by_id], london_day(now)).get(invitation.invited_by_id)
    return inviter is not None and may_invite(inviter, invitation.role, invitation.scope, invitation.partnership_id)
