"""New expected dates that a planning lead proposed, and that have not been noted or declined yet."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, or_, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_OPEN
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.core.statements import Asked, built_once, number_of
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User

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
    return db.session.scalars(_proposal(), {"milestone": milestone.id}).one_or_none()


def waiting_among(changes: Iterable[DateChange]) -> DateChange | None:
    """The same, among the changes of an open milestone that were read already, the newest first."""
    return next((one for one in changes if _is_waiting(one)), None)


def _is_waiting(change: DateChange) -> bool:
    ended = change.noted_at is not None or change.declined_at is not None
    return change.kind is DateChangeKind.EXPECTED and change.proposed_at is not None and not ended


@built_once
def _proposal() -> Select[DateChange]:
    return (
        select(DateChange)
        .where(DateChange.milestone_id == number_of("milestone"), _WAITS)
        .order_by(DateChange.id.desc())
        .limit(1)
    )


def find_name(user_id: int | None) -> str:
    """The name of the person who proposed a date."""
    return (db.session.scalar(select(User.name).where(User.id == user_id)) if user_id else "") or "somebody"


class Proposal(NamedTuple):
    """A proposal that waits: the milestone, its date and the new one, when that was proposed and why."""

    key: str
    title: str
    slug: str
    partnership: str
    due_on: date | None
    proposed_at: datetime
    new_due_on: date
    reason: str


def proposals_to_note(viewer: Viewer) -> Asked:
    """The proposals that this person may note, the earliest first: `as_proposals` reads them.

    Officials see those for documents that are to be shared. People do not see their own, those for what they own, or
    those of a partnership whose planning they lead.
    """
    may_note = viewer.partnerships_with(Permission.NOTE_EXPLANATIONS)
    reads_all = viewer.partnerships_with(Permission.READ_PARTNERSHIP)
    leads = frozenset(partnership_id for partnership_id, roles in viewer.within.items() if Role.LEAD in roles)
    values = {
        "person": viewer.user_id,
        **values_of(may_note, "may_note"),
        **values_of(reads_all, "reads_all"),
        **values_of(leads, "leads"),
        **values_of(viewer.owns_as, "owners"),
    }
    return Asked(_proposals(reach_of(may_note), reach_of(reads_all), reach_of(leads), reach_of(viewer.owns_as)), values)


def as_proposals(asked: Asked) -> list[Proposal]:
    """What was asked for, read. In one statement."""
    return [Proposal(*row) for row in asked.rows()]


@built_once
def _proposals(may_note: Reach, reads_all: Reach, leads: Reach, owners: Reach) -> Select[*tuple[Any, ...]]:
    partnership = Milestone.partnership_id
    is_shown = and_(
        in_reach(partnership, may_note, "may_note"),
        or_(in_reach(partnership, reads_all, "reads_all"), and_(IS_DOCUMENT, DateChange.shared)),
    )
    # What someone else proposed for what someone else owns, where the person does not lead the planning.
    is_anothers = and_(
        DateChange.proposed_by_id != number_of("person"),
        or_(Milestone.owner_id.is_(None), ~in_reach(Milestone.owner_id, owners, "owners")),
        ~in_reach(partnership, leads, "leads"),
    )
    return (
        select(
            Milestone.key,
            Milestone.title,
            Partnership.slug,
            Partnership.name,
            Milestone.due_on,
            DateChange.proposed_at,
            DateChange.new_due_on,
            DateChange.reason,
        )
        .select_from(DateChange)
        .join(Milestone, Milestone.id == DateChange.milestone_id)
        .join(Milestone.partnership)
        .where(_WAITS, IS_OPEN, is_shown, is_anothers)
        .order_by(DateChange.proposed_at, DateChange.id)
        .limit(LISTED_AT_MOST)
    )
