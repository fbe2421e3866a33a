"""The ways from a partnership's page to its other pages, for those who may go there."""

from dataclasses import dataclass

from flask import current_app

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import addresses
from cycle_tracker.models.partnership import Partnership


@dataclass(frozen=True)
class PartnershipLink:
    """One other page of a partnership: the words of its link, the last part of its address, and what opens it."""

    label: str
    name: str
    opened_by: tuple[Permission, ...]


PLACES = (
    PartnershipLink("Milestones", "milestones", (Permission.READ_TITLES_AND_DATES, Permission.READ_DOCUMENTS)),
    PartnershipLink("Calendar", "calendar", (Permission.READ_TITLES_AND_DATES, Permission.READ_DOCUMENTS)),
    PartnershipLink(
        "Add to your calendar",
        "calendar-feed",
        (Permission.READ_TITLES_AND_DATES, Permission.READ_DOCUMENTS),
    ),
    PartnershipLink("One-page status report", "status", (Permission.READ_DOCUMENTS,)),
    PartnershipLink("Governance group", "group", (Permission.READ_PARTNERSHIP, Permission.MANAGE_GROUP)),
    PartnershipLink("People", "people", (Permission.INVITE_PEOPLE,)),
    PartnershipLink("Organisations", "organisations", (Permission.MANAGE_MEMBERS,)),
    PartnershipLink("Contacts", "contacts", (Permission.MANAGE_CONTACTS,)),
    PartnershipLink("Reminder settings", "policies", (Permission.SET_POLICIES,)),
    PartnershipLink(
        "Add past plans and reports", "history", (Permission.RECORD_PUBLICATION, Permission.RECORD_ON_BEHALF)
    ),
    PartnershipLink("Import milestones", "import", (Permission.IMPORT_MILESTONES,)),
    PartnershipLink("Set up", "set-up", (Permission.SET_UP_PARTNERSHIPS,)),
)


@dataclass(frozen=True)
class PlaceLink:
    """One way on."""

    label: str
    address: str


def links_for(viewer: Viewer, partnership: Partnership) -> list[PlaceLink]:
    """The pages of a partnership to which the person may go, as far as they are there."""
    rules = {rule.rule for rule in current_app.url_map.iter_rules()}
    return [
        PlaceLink(place.label, f"{addresses.partnership(partnership.slug)}/{place.name}")
        for place in PLACES
        if f"/partnerships/<slug>/{place.name}" in rules
        and any(viewer.can(permission, partnership.id) for permission in place.opened_by)
    ]
