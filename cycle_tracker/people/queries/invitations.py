"""Invitations that are still open."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.access.rules.permissions import Viewer, may_invite
from cycle_tracker.core.extensions import db
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.partnership import Partnership


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
