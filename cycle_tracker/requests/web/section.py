"""The part of a document's page that says what was asked about it, and lets officials ask."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.requests.queries.request_lists import list_requests_about
from cycle_tracker.requests.web.presenters import tasks
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Section, Task


@dataclass(frozen=True)
class RequestsSection:
    """The requests about one document, the newest first; `ask` is the address at which one more is written, or
    `letter` that of the letter to a partnership that has not joined."""

    tasks: list[Task]
    ask: str
    letter: str


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:
    """What was asked about a document; nothing where nobody asked and the person cannot. One statement."""
    milestone = on_page.milestone
    if not milestone.is_document or detail is Detail.DATES:
        return None
    found = tasks(list_requests_about(milestone), today) if on_page.has.requests else []
    may_ask = milestone.is_open and holds(viewer, Permission.ASK_FOR_UPDATES, milestone)
    if not found and not may_ask:
        return None
    place = milestone.partnership
    if may_ask and place is not None and place.notify_from is None:
        letter = url_for("partnership_contact.letter", slug=place.slug)
        return Section("requests/section.html", RequestsSection(found, ask="", letter=letter))
    ask = url_for("update_requests.new", document=milestone.id) if may_ask else ""
    return Section("requests/section.html", RequestsSection(found, ask, letter=""))
