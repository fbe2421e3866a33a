"""People without an account whom a partnership writes to: about consultations and requests, copies, and approvals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lines import one_line
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.milestones.queries.contacts import find_contact
from cycle_tracker.models.contact import ROLE_COLUMNS, Contact, ContactRole, milestone_contacts
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.organisations.queries.organisations import find_by_name
from cycle_tracker.organisations.services.organisations import OrganisationDetails, add_organisation
from cycle_tracker.people.services.users import valid_email, valid_name

LONGEST_ORGANISATION = 200


@dataclass(frozen=True)
class ContactDetails:
    """Who somebody is, as it was typed, and their roles. An organisation that is not in the list becomes one of the
    partnership's own."""

    name: str
    email: str
    organisation: str = ""
    roles: frozenset[ContactRole] = frozenset({ContactRole.CONSULTATION})


def add_contact(partnership: Partnership, details: ContactDetails, *, by: User, now: datetime) -> Contact:
    """A new contact; the one that is there where the partnership has the address already, switched on again if they
    were off. Raises RuleBroken, beside the field, for what is no name or address."""
    name, email, organisation = _checked(details)
    lock(partnership)
    same = find_contact(partnership.id, email)
    if same is not None:
        if not same.active:
            _set(same, {"active": True}, by=by, now=now)
        return same
    contact = Contact(partnership_id=partnership.id, name=name, email=email, active=True, reminds_before=True)
    contact.organisation = _organisation(partnership, organisation, by=by, now=now)
    for column, has_it in _role_columns(details).items():
        setattr(contact, column, has_it)
    db.session.add(contact)
    db.session.flush()
    audit.record("contact", contact.id, "added", by=by, at=now, partnership_id=partnership.id)
    return contact


def change_contact(contact: Contact, details: ContactDetails, *, active: bool, by: User, now: datetime) -> None:
    """Set right who a contact is, and whether they are asked at all. Saving it as it is changes nothing. Raises
    RuleBroken for an address that another contact of the partnership has."""
    name, email, organisation = _checked(details)
    other = find_contact(contact.partnership_id, email)
    if other is not None and other.id != contact.id:
        raise RuleBroken("Another contact already has this email address.", field="email")
    wanted: dict[str, Any] = {"name": name, "email": email, "active": active, **_role_columns(details)}
    if organisation != contact.organisation_name:
        wanted["organisation"] = _organisation(contact.partnership, organisation, by=by, now=now)
    _set(contact, wanted, by=by, now=now)


def ask_contact(milestone: Milestone, contact: Contact, *, by: User, now: datetime) -> None:
    """Ask a contact about a milestone: they are reminded of it from its next step on. Doing it twice does it once.

    Raises RuleBroken for a milestone that is closed.
    """
    if not milestone.is_open:
        raise RuleBroken(f"This is {milestone.state.label.lower()}, so you cannot ask anyone about it.")
    lock(milestone)
    if _is_asked(milestone, contact):
        return
    db.session.execute(insert(milestone_contacts).values(milestone_id=milestone.id, contact_id=contact.id))
    audit.record_milestone(milestone, "contact-asked", by=by, at=now, after={"contact_id": contact.id})


def stop_asking(milestone: Milestone, contact: Contact, *, by: User, now: datetime) -> None:
    """Ask a contact about a milestone no more: what waits for them is not sent."""
    lock(milestone)
    if not _is_asked(milestone, contact):
        return
    db.session.execute(
        delete(milestone_contacts).where(
            milestone_contacts.c.milestone_id == milestone.id, milestone_contacts.c.contact_id == contact.id
        )
    )
    audit.record_milestone(milestone, "contact-not-asked", by=by, at=now, before={"contact_id": contact.id})


def _checked(details: ContactDetails) -> tuple[str, str, str]:
    organisation = one_line(details.organisation)
    if len(organisation) > LONGEST_ORGANISATION:
        raise RuleBroken(f"The organisation must be {LONGEST_ORGANISATION} characters or fewer.", field="organisation")
    return valid_name(details.name), valid_email(details.email), organisation


def _organisation(partnership: Partnership, name: str, *, by: User, now: datetime) -> Organisation | None:
    """The organisation of this name that the partnership sees; a new one of the kind "other" if there is none."""
    if not name:
        return None
    found = find_by_name(name, within=partnership.id)
    if found is not None:
        return found
    return add_organisation(OrganisationDetails(name, OrganisationKind.OTHER), partnership=partnership, by=by, now=now)


def _role_columns(details: ContactDetails) -> dict[str, bool]:
    return {column: role in details.roles for role, column in ROLE_COLUMNS.items()}


def _set(contact: Contact, wanted: dict[str, Any], *, by: User, now: datetime) -> None:
    """Persons are named in no audit event: of words that changed only which they are is written down."""
    changed = {name: value for name, value in wanted.items() if getattr(contact, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(contact, name, value)
    audit.record(
        "contact",
        contact.id,
        "changed",
        by=by,
        at=now,
        partnership_id=contact.partnership_id,
        after={"changed": sorted(changed)} | ({"active": changed["active"]} if "active" in changed else {}),
    )
    db.session.flush()


def _is_asked(milestone: Milestone, contact: Contact) -> bool:
    row = select(milestone_contacts.c.contact_id).where(
        milestone_contacts.c.milestone_id == milestone.id, milestone_contacts.c.contact_id == contact.id
    )
    return db.session.scalar(row) is not None
