"""Milestones, each fetched and authorised in one call."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.access.rules.permissions import Permission, Viewer, may_change, may_see
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.models.milestone import Milestone, predecessors
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import IS_PUBLISHED, Publication, PublicationCopy


def get_milestone(viewer: Viewer, slug: str, key: str, *, to: Permission | None = None) -> Milestone:
    """One milestone with its partnership, cycle and owner, by the partnership's slug and its key.

    Raises NoResultFound where there is none or the person may not see it, and NotAllowed where they see it
    and lack the permission `to` there.
    """
    milestone = db.session.scalars(_milestone(), {"slug": slug, "key": key}).one()
    ensure_may_see(viewer, milestone)
    if to is not None and not holds(viewer, to, milestone):
        raise NotAllowed
    return milestone


def ensure_may_see(viewer: Viewer, milestone: Milestone) -> None:
    """Raises NoResultFound where the person may not see a milestone."""
    if not may_see(viewer, milestone.partnership_id, is_document=milestone.is_document):
        raise NoResultFound


@built_once
def _milestone() -> Select[Milestone]:
    """The milestone of a `slug` and a `key`, with its partnership, cycle, owner and lead organisation."""
    return (
        select(Milestone)
        .join(Milestone.partnership)
        .where(Partnership.slug == bindparam("slug"), Milestone.key == bindparam("key"))
        .options(
            contains_eager(Milestone.partnership),
            joinedload(Milestone.cycle),
            joinedload(Milestone.owner),
            joinedload(Milestone.lead_organisation),
        )
    )


def holds(viewer: Viewer, permission: Permission, milestone: Milestone) -> bool:
    """True where the person has the permission for this milestone: the one predicate for guard and button."""
    if permission is Permission.CHANGE_OWN_MILESTONES:
        return may_change(viewer, milestone.partnership_id, milestone.owner_id)
    return milestone.partnership_id is not None and viewer.can(permission, milestone.partnership_id)


def list_unfinished_predecessors(milestone: Milestone) -> Sequence[Milestone]:
    """What should be finished before this milestone and is not."""
    return db.session.scalars(_unfinished_predecessors(), {"milestone": milestone.id}).all()


@built_once
def _unfinished_predecessors() -> Select[Milestone]:
    return (
        select(Milestone)
        .join(predecessors, predecessors.c.predecessor_id == Milestone.id)
        .where(predecessors.c.milestone_id == number_of("milestone"), IS_OPEN)
        .order_by(Milestone.due_on.is_(None), Milestone.due_on, Milestone.id)
    )


def list_unfinished_sub_tasks(milestone: Milestone) -> Sequence[Milestone]:
    """The open parts of a milestone."""
    return db.session.scalars(
        select(Milestone)
        .where(Milestone.parent_id == milestone.id, IS_OPEN)
        .order_by(Milestone.due_on.is_(None), Milestone.due_on, Milestone.id)
    ).all()


def find_publication(milestone: Milestone) -> Publication | None:
    """What is recorded of a document with its addresses and copies, if it is published; a draft counts for nothing."""
    return db.session.scalars(_publication(), {"milestone": milestone.id}).unique().one_or_none()


@built_once
def _publication() -> Select[Publication]:
    return (
        select(Publication)
        .where(Publication.milestone_id == number_of("milestone"), IS_PUBLISHED)
        .options(
            joinedload(Publication.addresses),
            joinedload(Publication.copies).joinedload(PublicationCopy.receiver),
        )
    )


def government_copy(publication: Publication) -> PublicationCopy | None:
    """The copy that went to Scottish Government, if one did. Needs the copies loaded with their receivers."""
    return government_copy_among(publication.copies)


def government_copy_among(copies: Iterable[PublicationCopy]) -> PublicationCopy | None:
    """The copy among these that went to Scottish Government, if one did."""
    return next((copy for copy in copies if _is_government(copy.receiver)), None)


def _is_government(organisation: Organisation) -> bool:
    return organisation.kind is OrganisationKind.SCOTTISH_GOVERNMENT
