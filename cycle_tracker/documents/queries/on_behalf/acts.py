"""What officials recorded for a partnership: of one document, and what waits for an email or an answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import joinedload

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import may_be_seen_by
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import Asked, built_once, number_of
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import IS_DISPUTED, ActOnBehalf
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User

LISTED_AT_MOST = 10


def list_acts(milestone: Milestone) -> Sequence[ActOnBehalf]:
    """What officials recorded about one document, the newest first, with everybody's names. In one statement."""
    return db.session.scalars(_of_document(), {"milestone": milestone.id}).all()


def get_act(viewer: Viewer, slug: str, key: str, number: int, *, to: Permission) -> tuple[Milestone, ActOnBehalf]:
    """One of them with its document, for a person who has this permission there.

    Raises NoResultFound where there is none that they may see, and NotAllowed where they lack the permission.
    """
    document = get_milestone(viewer, slug, key, to=to)
    act = next((one for one in list_acts(document) if one.id == number), None)
    if act is None:
        raise NoResultFound
    return document, act


@built_once
def acts_to_notify() -> Select[int]:
    """The documents about which something was recorded that nobody was notified of."""
    return select(ActOnBehalf.milestone_id).where(ActOnBehalf.notified_at.is_(None))


def gets_an_email(document: Milestone, person: User, today: date) -> bool:
    """Whether an email about this document may go to a person: not to who has left, or may no longer see it."""
    may_see = select(Milestone.id).where(Milestone.id == document.id, may_be_seen_by(person.id, today))
    return db.session.scalar(may_see) is not None


def disputed_acts(viewer: Viewer) -> Asked:
    """Disputes that no official has answered, the first before the others, at most so many: id, key, title, slug,
    partnership, dispute, disputed_at and the name of who disputes."""
    held = viewer.partnerships_with(Permission.RECORD_ON_BEHALF)
    return Asked(_disputed(reach_of(held)), values_of(held))


@built_once
def _of_document() -> Select[ActOnBehalf]:
    people = (ActOnBehalf.recorded_by, ActOnBehalf.disputed_by, ActOnBehalf.settled_by)
    return (
        select(ActOnBehalf)
        .options(*(joinedload(one) for one in people))
        .where(ActOnBehalf.milestone_id == number_of("milestone"))
        .order_by(ActOnBehalf.id.desc())
    )


@built_once
def _disputed(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        select(
            ActOnBehalf.id,
            Milestone.key,
            Milestone.title,
            Partnership.slug,
            Partnership.name.label("partnership"),
            ActOnBehalf.dispute,
            ActOnBehalf.disputed_at,
            User.name.label("disputed_by"),
        )
        .select_from(ActOnBehalf)
        .join(ActOnBehalf.milestone)
        .join(Milestone.partnership)
        .join(User, User.id == ActOnBehalf.disputed_by_id)
        .where(text(IS_DISPUTED), in_reach(Milestone.partnership_id, reach))
        .order_by(ActOnBehalf.disputed_at, ActOnBehalf.id)
        .limit(LISTED_AT_MOST)
    )
