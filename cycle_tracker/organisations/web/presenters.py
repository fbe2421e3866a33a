"""Organisations in labels and sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import addresses
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership, PartnershipBody
from cycle_tracker.organisations.queries.organisations import OrganisationRow, PartRow
from cycle_tracker.organisations.queries.parts import is_set_by_law
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.sheets import Cell
from cycle_tracker.web.wording import Status, count, day

FILE_COLUMNS = ("Code", "Name", "Kind", "Mailbox", "Status", "Added by", "Partnerships today")
NONE = "None"


@dataclass(frozen=True)
class OrganisationLine:
    """One organisation of the list. `about` says who added one that waits to be accepted."""

    name: str
    code: str
    address: str
    kind: str
    mailbox: str
    parts: str
    status: Status
    about: str


@dataclass(frozen=True)
class PartLine:
    """One part of an organisation in a partnership."""

    partnership: str
    address: str
    role: str
    first: str
    last: str


@dataclass(frozen=True)
class ContactLine:
    """One contact who belongs to an organisation."""

    name: str
    address: str
    email: str
    roles: list[str]


@dataclass(frozen=True)
class MemberLine:
    """One organisation of a partnership. Without `change`, the person cannot change its role and days."""

    name: str
    address: str
    kind: str
    role: str
    first: str
    last: str
    change: str
    is_waiting: bool


def lines(found: Iterable[OrganisationRow]) -> list[OrganisationLine]:
    """The organisations of the list."""
    return [
        OrganisationLine(
            name=one.name,
            code=one.code,
            address=url_for("organisations.show", organisation_id=one.id),
            kind=one.kind.label,
            mailbox=one.mailbox or NONE,
            parts=count(one.parts, "partnership") if one.parts else NONE,
            status=status_of(in_use=one.in_use, is_waiting=one.is_waiting),
            about=f"Added by {one.added_by}" if one.is_waiting else "",
        )
        for one in found
    ]


def file_rows(found: Iterable[OrganisationRow]) -> list[Sequence[Cell]]:
    """The same as a file has it."""
    return [
        (
            one.code,
            one.name,
            one.kind.label,
            one.mailbox,
            status_of(in_use=one.in_use, is_waiting=one.is_waiting).label,
            one.added_by,
            one.parts,
        )
        for one in found
    ]


def status_of(*, in_use: bool, is_waiting: bool) -> Status:
    """Whether an organisation can be chosen, and by whom."""
    if not in_use:
        return Status("Not in use", "grey")
    return Status("Waiting to be accepted", "yellow") if is_waiting else Status("In use", "green")


def facts(organisation: Organisation, added_by: Partnership | None, into: Organisation | None) -> list[Row]:
    """What is known of an organisation."""
    rows = [
        Row("Kind", organisation.kind.label),
        Row("Code", organisation.code),
        Row("Mailbox", organisation.mailbox or NONE),
    ]
    if organisation.old_codes:
        rows.insert(2, Row("Earlier codes", ", ".join(one.code for one in organisation.old_codes)))
    if added_by is not None:
        rows.append(Row("Added by", added_by.name))
    if into is not None:
        rows.append(Row("Merged into", into.name))
    return rows


def part_lines(found: Iterable[PartRow]) -> list[PartLine]:
    """The parts of one organisation."""
    return [
        PartLine(
            one.partnership,
            addresses.partnership(one.slug),
            one.role.label,
            day(one.from_on),
            day(one.to_on) if one.to_on else "No end date",
        )
        for one in found
    ]


def contact_lines(found: Iterable[Contact]) -> list[ContactLine]:
    """The contacts who belong to one organisation."""
    return [
        ContactLine(
            one.name,
            f"{addresses.partnership(one.partnership.slug)}/contacts/{one.id}",
            one.email,
            [role.label for role in one.roles],
        )
        for one in found
    ]


def member_lines(found: Iterable[PartnershipBody], slug: str, today: date) -> list[MemberLine]:
    """The organisations of one partnership, those of today before those whose part has ended or is to come."""
    return [
        MemberLine(
            name=one.organisation.name,
            address=url_for("organisations.show", organisation_id=one.organisation_id),
            kind=one.organisation.kind.label,
            role=one.role.label,
            first=day(one.from_on),
            last=day(one.to_on) if one.to_on else "No end date",
            change="" if is_set_by_law(one) else url_for("organisations_within.change", slug=slug, body_id=one.id),
            is_waiting=one.organisation.is_waiting,
        )
        for one in sorted(found, key=lambda one: not one.holds_on(today))
    ]


def seen_by(viewer: Viewer) -> str:
    """Who sees the page of an organisation."""
    if viewer.can(Permission.MANAGE_ORGANISATIONS):
        return "Administrators, who see all partnerships, and planning leads, who see their own."
    return "Administrators and planning leads. You see your own partnerships only."
