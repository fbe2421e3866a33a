"""The parts that other packages add to the page of a milestone, in the order in which they stand.

Each package has a `section.py` (which takes `Section` from `web/page_parts.py`) with one function from a milestone, its
viewer, how much of it they see, and today, to a section or None. A section names its template and carries what the
template shows; its statements of SQL are a constant number. What is done in it has its own routes, in its own package.
"""

from collections.abc import Callable
from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.answers.web.section import section_of as answers
from cycle_tracker.documents.web.date_changes.section import section_of as date_changes
from cycle_tracker.documents.web.publications.section import section_of as document_facts
from cycle_tracker.documents.web.receipts.section import section_of as receipts
from cycle_tracker.governance.web.ladder.section import section_of as ladder
from cycle_tracker.milestones.web.changes.section import section_of as related
from cycle_tracker.milestones.web.comments.section import section_of as comments
from cycle_tracker.milestones.web.contacts.section import section_of as contacts
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.milestones.web.evidence.section import section_of as evidence
from cycle_tracker.milestones.web.notices.section import section_of as who_is_told
from cycle_tracker.models import Milestone
from cycle_tracker.requests.web.section import section_of as update_requests
from cycle_tracker.web.page_parts import Section

SectionOf = Callable[[Milestone, Viewer, Detail, date], Section | None]

SECTIONS: tuple[SectionOf, ...] = (
    date_changes,
    document_facts,
    receipts,
    update_requests,
    ladder,
    answers,
    contacts,
    related,
    evidence,
    comments,
    who_is_told,
)


def sections_of(milestone: Milestone, viewer: Viewer, detail: Detail, today: date) -> list[Section]:
    """The sections that the person sees of a milestone."""
    found = (section_of(milestone, viewer, detail, today) for section_of in SECTIONS)
    return [section for section in found if section is not None]
