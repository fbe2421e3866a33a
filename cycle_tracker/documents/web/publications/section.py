"""The part of a document's page about its publication, its copies, its approvals, and what is missing among them."""

from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.documents.queries.publications import names_in, record_on_page
from cycle_tracker.documents.queries.versions import list_earlier_records, list_versions
from cycle_tracker.documents.web.publications.presenters import document_part
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.web.access import current_organisation_id
from cycle_tracker.web.page_parts import Section


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:
    """The facts of a document, for everybody but administrators. Three statements at most, one more where there are
    several versions or one was corrected, and one for what is recorded of the earlier ones."""
    if not on_page.milestone.is_document or detail is Detail.DATES:
        return None
    record = record_on_page(on_page, today)
    versions = list_versions(on_page.milestone.id) if on_page.has.versions else []
    earlier = list_earlier_records(on_page.milestone.id) if len(versions) > 1 else []
    part = document_part(
        record,
        viewer,
        names_in(record),
        versions,
        earlier,
        own=current_organisation_id(),
        in_full=detail is Detail.EVERYTHING,
    )
    return Section("documents/publications/section.html", part)
