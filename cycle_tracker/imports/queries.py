"""What imports ask the database: the rows that wait for their owner, and what is there of what rows name."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.pending_import import PendingImport
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.partnerships import get_partnership

KEPT_FOR = timedelta(days=1)
CHUNK = 1_000
"""So many keys in one statement."""


def get_pending_import(viewer: Viewer, import_id: int, now: datetime, *, lock: bool = False) -> PendingImport:
    """Rows that this person added and may still confirm; with `lock`, no one else confirms them meanwhile.

    Raises NoResultFound for rows that are another person's, older than a day, or not there.
    """
    statement = select(PendingImport).where(
        PendingImport.id == import_id, PendingImport.by_id == viewer.user_id, PendingImport.at > now - KEPT_FOR
    )
    return db.session.scalars(statement.with_for_update() if lock else statement).one()


def get_partnership_of_history(viewer: Viewer, slug: str) -> Partnership:
    """A partnership whose plans and reports the person may record.

    Raises NoResultFound for one that they see nothing of, and NotAllowed where they may not record.
    """
    partnership = get_partnership(viewer, slug)
    if not may_record(viewer, partnership.id):
        raise NotAllowed
    return partnership


def get_partnership_to_import(viewer: Viewer, slug: str) -> Partnership:
    """A partnership into which the person may import milestones; raises as `get_partnership_of_history` does."""
    partnership = get_partnership(viewer, slug)
    if not viewer.can(Permission.IMPORT_MILESTONES, partnership.id):
        raise NotAllowed
    return partnership


def may_record(viewer: Viewer, partnership_id: int) -> bool:
    """True where the person may record the past of a partnership: for it, or on its behalf."""
    return viewer.can(Permission.RECORD_PUBLICATION, partnership_id) or viewer.can(
        Permission.RECORD_ON_BEHALF, partnership_id
    )


def milestones_by_key(partnership_ids: Collection[int], keys: Collection[str]) -> dict[tuple[int, str], Milestone]:
    """The milestones of these partnerships that have one of these keys, by both."""
    wanted = sorted(set(keys))
    found = {}
    for start in range(0, len(wanted), CHUNK):
        for one in db.session.scalars(
            select(Milestone)
            .where(Milestone.partnership_id.in_(partnership_ids), Milestone.key.in_(wanted[start : start + CHUNK]))
            .options(joinedload(Milestone.partnership), joinedload(Milestone.owner), joinedload(Milestone.cycle))
            .order_by(Milestone.id)
        ):
            if one.partnership_id is not None:
                found[one.partnership_id, one.key] = one
    return found


def publications_of(milestone_ids: Collection[int]) -> dict[int, Publication]:
    """What is recorded of these documents with its addresses and copies, by milestone."""
    return {
        one.milestone_id: one
        for one in db.session.scalars(
            select(Publication)
            .where(Publication.milestone_id.in_(milestone_ids), Publication.is_present)
            .options(
                selectinload(Publication.addresses),
                selectinload(Publication.copies).joinedload(PublicationCopy.receiver),
            )
            .order_by(Publication.id)
        )
    }


def known_versions_of(milestone_ids: Collection[int]) -> dict[int, list[Publication]]:
    """The versions of these documents that are known, the oldest first, by milestone."""
    found: dict[int, list[Publication]] = defaultdict(list)
    known = select(Publication).where(Publication.milestone_id.in_(milestone_ids), Publication.recorded_to.is_(None))
    for one in db.session.scalars(known.order_by(Publication.milestone_id, Publication.number)):
        found[one.milestone_id].append(one)
    return found


def names_of(user_ids: Collection[int | None]) -> dict[int, str]:
    """The names of people, by their numbers."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(set(user_ids) - {None})).order_by(User.id))
    return {row.id: row.name for row in rows}


def users_by_email(emails: Collection[str]) -> dict[str, User]:
    """The people and posts with these addresses."""
    wanted = sorted(set(emails))
    found = {}
    for start in range(0, len(wanted), CHUNK):
        for one in db.session.scalars(
            select(User).where(User.email.in_(wanted[start : start + CHUNK])).order_by(User.id)
        ):
            found[one.email] = one
    return found


def cycles_of(partnership_ids: Collection[int]) -> dict[tuple[int, str], Cycle]:
    """The opened cycles of these partnerships, by partnership and the name of the period."""
    return {
        (one.partnership_id, one.period.name): one
        for one in db.session.scalars(
            select(Cycle)
            .where(Cycle.partnership_id.in_(partnership_ids), Cycle.opened_on.is_not(None))
            .options(joinedload(Cycle.template_edition))
            .order_by(Cycle.id)
        )
    }


def list_all_of(partnership_id: int) -> list[Milestone]:
    """Every milestone of a partnership with its owner, in the order of their keys."""
    return list(
        db.session.scalars(
            select(Milestone)
            .where(Milestone.partnership_id == partnership_id)
            .options(joinedload(Milestone.owner))
            .order_by(Milestone.key, Milestone.id)
        )
    )
