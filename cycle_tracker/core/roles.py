"""What people are to partnerships, and how far a grant reaches: words of tables, permissions and pages alike."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is to the partnerships in the scope of a grant."""

    LEAD = "lead"
    CONTRIBUTOR = "contributor"
    GOVERNANCE = "governance-member"
    CLERK = "clerk"
    OFFICIAL = "official"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """The role in words for a page."""
        return {
            Role.LEAD: "Planning lead",
            Role.CONTRIBUTOR: "Contributor",
            Role.GOVERNANCE: "Governance group member",
            Role.CLERK: "Governance group clerk",
            Role.OFFICIAL: "Scottish Government official",
            Role.AUDITOR: "Auditor",
            Role.ADMINISTRATOR: "Administrator",
        }[self]


class Scope(StrEnum):
    """How far a grant reaches."""

    PARTNERSHIP = "partnership"
    ORGANISATION = "organisation"
    NATIONAL = "national"
