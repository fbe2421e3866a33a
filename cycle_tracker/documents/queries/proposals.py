"""New expected dates that a planning lead proposed, and that nobody has noted or declined yet."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_OPEN, within
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models import DateChange, DateChangeKind, Milestone, Partnership, User

LISTED_AT_MOST = 50

_WAITS = and_(
    DateChange.kind == DateChangeKind.EXPECTED,
    DateChange.proposed_at.is_not(None),
    DateChange.noted_at.is_(None),
    DateChange.declined_at.is_(None),
)
"""True for a proposal that is neither noted nor declined."""


def find_proposal(milestone: Milestone) -> DateChange | None:
    """The proposal that waits to be noted, of a milestone that is open."""
    if not milestone.is_open:
        return None
    return db.session.scalars(
        select(DateChange)
        .where(DateChange.milestone_id == milestone.id, _WAITS)
        .order_by(DateChange.id.desc())
        .limit(1)
    ).one_or_none()


def find_name(user_id: int | None) -> str:
    """The name of somebody who proposed a date."""
    return (db.session.scalar(select(User.name).where(User.id == user_id)) if user_id else "") or "somebody"


def list_proposals(viewer: Viewer) -> Sequence[Any]:
    """The proposals that this person may note, that proposed first before the others: the columns of the milestone,
    the proposer, when they proposed it, the new date and why. In one statement.

    Officials see those for documents that are to be shared. Nobody is shown their own, those for what they own, or
    those of a partnership whose planning they lead.
    """
    return db.session.execute(
        select(
            Milestone.key,
            Milestone.title,
            Milestone.due_on,
            Partnership.slug,
            Partnership.name.label("partnership"),
            User.name.label("proposer"),
            DateChange.proposed_at,
            DateChange.new_due_on,
            DateChange.reason,
        )
        .select_from(DateChange)
        .join(Milestone, Milestone.id == DateChange.milestone_id)
        .join(Milestone.partnership)
        .outerjoin(User, User.id == DateChange.proposed_by_id)
        .where(_WAITS, IS_OPEN, _is_shown_to(viewer), _is_anothers(viewer))
        .order_by(DateChange.proposed_at, DateChange.id)
        .limit(LISTED_AT_MOST)
    ).all()


def _is_shown_to(viewer: Viewer) -> ColumnElement[bool]:
    may_note = within(Milestone.partnership_id, viewer, Permission.NOTE_EXPLANATIONS)
    reads_all = within(Milestone.partnership_id, viewer, Permission.READ_PARTNERSHIP)
    return and_(may_note, or_(reads_all, and_(IS_DOCUMENT, DateChange.shared)))


def _is_anothers(viewer: Viewer) -> ColumnElement[bool]:
    """True for what somebody else proposed for what somebody else owns, where the person does not lead the planning."""
    leads = sorted(partnership_id for partnership_id, roles in viewer.within.items() if Role.LEAD in roles)
    return and_(
        DateChange.proposed_by_id != viewer.user_id,
        or_(Milestone.owner_id.is_(None), Milestone.owner_id.not_in(sorted(viewer.owns_as))),
        Milestone.partnership_id.not_in(leads),
    )
