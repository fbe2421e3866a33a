"""Who may undo the record that a document is published."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.queries.versions import list_versions, recorders_of_present
from cycle_tracker.milestones.queries.milestones import get_milestone, holds
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication


def get_publication_to_undo(viewer: Viewer, slug: str, key: str, today: date) -> tuple[Milestone, Publication | None]:
    """A document and its present version, for whoever recorded or corrected that, and for leads and officials.

    Raises NoResultFound where there is no such document for them, and NotAllowed for everybody else.
    """
    document = get_milestone(viewer, slug, key)
    if not document.is_document:
        raise NoResultFound
    publication = get_record(document, today).publication
    recorders = recorders_of_present(list_versions(document.id)) if publication is not None else frozenset()
    if not may_undo(viewer, document, recorders):
        raise NotAllowed
    return document, publication


def may_undo(viewer: Viewer, document: Milestone, recorders: Collection[int | None]) -> bool:
    """Whether the person may undo the record of publication: a lead, an official, or one of those who recorded it."""
    if viewer.user_id in recorders:
        return True
    return any(
        holds(viewer, permission, document)
        for permission in (Permission.RECORD_PUBLICATION, Permission.RECORD_RECEIPTS)
    )
