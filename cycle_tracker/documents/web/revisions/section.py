"""The part of a plan's page about its revision in preparation."""

from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.queries.publications import names_in
from cycle_tracker.documents.queries.revisions.of_plans import get_coming_record, list_revisions, steps_of
from cycle_tracker.documents.web.revisions.presenters import ComingPart, coming_part, revision_part
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.approval import Revision
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.access import current_organisation_id
from cycle_tracker.web.page_parts import Section

TEMPLATE = "documents/revisions/section.html"


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:
    """The revision in preparation, for everybody but administrators, and for the people of the partnership its steps
    and what is recorded of it. One statement, six more for them; none where no revision ever was."""
    plan = on_page.milestone
    if plan.kind is not Kind.PLAN or detail is Detail.DATES:
        return None
    revisions = list_revisions(plan) if on_page.has.revisions else ()
    revision = next((one for one in revisions if one.in_preparation), None)
    published = on_page.publication is not None and on_page.publication.is_document
    part = revision_part(
        plan,
        revisions,
        _coming(plan, revision, viewer, today) if revision is not None and detail is Detail.EVERYTHING else None,
        is_published=published,
        records=holds(viewer, Permission.RECORD_PUBLICATION, plan),
    )
    return Section(TEMPLATE, part) if part is not None else None


def _coming(plan: Milestone, revision: Revision, viewer: Viewer, today: date) -> ComingPart:
    record = get_coming_record(plan, revision, today)
    steps = steps_of(plan, revision)
    return coming_part(record, steps, viewer, names_in(record), own=current_organisation_id(), today=today)
