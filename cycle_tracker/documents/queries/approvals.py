"""The approval of one document by one body, fetched and authorised in one call."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Viewer, may_record_approval
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.queries.revisions.of_plans import get_coming_record, get_plan_in_preparation
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.models.approval import Approval, Revision
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation


@dataclass(frozen=True)
class ApprovalPlace:
    """A document, one of the bodies that approve it, and what is recorded of that, if it is; of the `revision` in
    preparation, if it is about that."""

    document: Milestone
    body: Organisation
    approval: Approval | None
    revision: Revision | None = None


def get_approval_place(
    viewer: Viewer, slug: str, key: str, organisation_id: int, *, own: int | None, today: date, coming: bool = False
) -> ApprovalPlace:
    """Where a person may record what a body made of a document, or with `coming` of the revision of a plan that is in
    preparation; `own` is the organisation that they are of.

    Raises NoResultFound where there is no such document for them, or the body is none of its lead bodies, and
    NotAllowed where they see it and may not record for that body.
    """
    revision = None
    if coming:
        document, revision = get_plan_in_preparation(viewer, slug, key)
        record = get_coming_record(document, revision, today)
    else:
        document = get_milestone(viewer, slug, key)
        if not document.is_document:
            raise NoResultFound
        record = get_record(document, today)
    body = next((one for one in record.approving_bodies if one.id == organisation_id), None)
    if body is None:
        raise NoResultFound
    if not may_record_approval(viewer, document.partnership_id, of_their_own=own == body.id):
        raise NotAllowed
    return ApprovalPlace(document, body, record.approval_of(body.id), revision)
