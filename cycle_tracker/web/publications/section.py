"""The part of a document's page about its publication, its copies, its approvals, and what is missing among them."""

from datetime import date

from cycle_tracker.domain.permissions import Viewer
from cycle_tracker.models import Milestone
from cycle_tracker.queries.publications import get_record, names_in
from cycle_tracker.web.access import current_user_row
from cycle_tracker.web.milestones.details import Detail
from cycle_tracker.web.page_parts import Section
from cycle_tracker.web.publications.presenters import document_part


def section_of(milestone: Milestone, viewer: Viewer, detail: Detail, today: date) -> Section | None:
    """The facts of a document, for everybody but administrators. Seven statements, five while it is unpublished."""
    if not milestone.is_document or detail is Detail.DATES:
        return None
    record = get_record(milestone, today)
    part = document_part(
        record,
        viewer,
        names_in(record),
        own=current_user_row().organisation_id,
        in_full=detail is Detail.EVERYTHING,
    )
    return Section("publications/section.html", part)
