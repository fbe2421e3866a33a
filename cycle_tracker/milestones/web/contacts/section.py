"""The part of the page of a consultation or a request that says which people without an account are asked."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import ASKS_CONTACTS
from cycle_tracker.milestones.queries.contacts import list_asked
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.contact import Contact
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Section


@dataclass(frozen=True)
class ContactsSection:
    """Who is asked, and where that is changed; `is_open` while anybody is asked at all."""

    contacts: list[Contact]
    address: str
    is_open: bool


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:  # noqa: ARG001
    """The contacts, for those who keep them. One statement, on the pages of consultations and requests alone."""
    milestone = on_page.milestone
    if milestone.kind not in ASKS_CONTACTS or not holds(viewer, Permission.MANAGE_CONTACTS, milestone):
        return None
    if milestone.partnership is None:
        return None
    address = url_for("contacts.asked", slug=milestone.partnership.slug, key=milestone.key)
    return Section(
        "milestones/contacts/section.html", ContactsSection(list(list_asked(milestone)), address, milestone.is_open)
    )
