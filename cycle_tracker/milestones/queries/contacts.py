"""People without an account, as those who keep them see them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import ASKS_CONTACTS
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.models.contact import ROLE_COLUMNS, Contact, ContactRole, milestone_contacts
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.partnerships import get_partnership


class ContactStatus(StrEnum):
    """Which contacts a list has."""

    ASKED = "asked"
    OFF = "off"


class ContactList:
    """The contacts of a partnership by name, with the number of open milestones that each is asked about."""

    def __init__(
        self, partnership: Partnership, status: ContactStatus | None, text: str, role: ContactRole | None = None
    ) -> None:
        self._conditions = [Contact.partnership_id == partnership.id]
        if status is not None:
            self._conditions.append(Contact.active.is_(status is ContactStatus.ASKED))
        if text:
            columns = (Contact.name, Contact.email)
            of_organisation = Contact.organisation.has(Organisation.name.icontains(text, autoescape=True))
            found = (column.icontains(text, autoescape=True) for column in columns)
            self._conditions.append(or_(*found, of_organisation))
        if role is not None:
            self._conditions.append(getattr(Contact, ROLE_COLUMNS[role]))

    def count(self) -> int:
        """How many there are. One statement."""
        return db.session.scalar(select(func.count(Contact.id)).where(*self._conditions)) or 0

    def rows(self, *, page: int | None = None, per_page: int = 0) -> Sequence[Any]:
        """Each contact with `asked_about`, a number; one page of them, or all. One statement."""
        asked_about = (
            select(func.count())
            .where(milestone_contacts.c.contact_id == Contact.id)
            .correlate(Contact)
            .scalar_subquery()
            .label("asked_about")
        )
        statement: Select[Any] = (
            select(Contact, asked_about)
            .where(*self._conditions)
            .options(joinedload(Contact.organisation))
            .order_by(func.lower(Contact.name), Contact.id)
        )
        if page is not None:
            statement = statement.limit(per_page).offset((page - 1) * per_page)
        return db.session.execute(statement).all()


def get_contact(viewer: Viewer, slug: str, contact_id: int) -> tuple[Partnership, Contact]:
    """A contact of a partnership, for those who keep its contacts. Raises NoResultFound and NotAllowed."""
    partnership = get_partnership(viewer, slug, to=Permission.MANAGE_CONTACTS)
    contact = db.session.scalars(
        select(Contact).where(Contact.id == contact_id, Contact.partnership_id == partnership.id)
    ).one()
    return partnership, contact


def get_asking_milestone(viewer: Viewer, slug: str, key: str) -> Milestone:
    """A consultation or a request, for people who may choose who is asked. Raises NoResultFound, and NotAllowed, also
    for milestones that ask no one."""
    milestone = get_milestone(viewer, slug, key, to=Permission.MANAGE_CONTACTS)
    if milestone.kind not in ASKS_CONTACTS:
        raise NotAllowed
    return milestone


def list_asked(milestone: Milestone) -> Sequence[Contact]:
    """The contacts who are asked about a milestone, by name. One statement."""
    return db.session.scalars(
        select(Contact)
        .join(milestone_contacts, milestone_contacts.c.contact_id == Contact.id)
        .where(milestone_contacts.c.milestone_id == milestone.id)
        .options(joinedload(Contact.organisation))
        .order_by(func.lower(Contact.name), Contact.id)
    ).all()


def list_to_choose(milestone: Milestone) -> Sequence[Contact]:
    """The partnership's active contacts who are not asked about a milestone yet, by name. One statement."""
    asked = select(milestone_contacts.c.contact_id).where(milestone_contacts.c.milestone_id == milestone.id)
    return db.session.scalars(
        select(Contact)
        .where(Contact.partnership_id == milestone.partnership_id, Contact.active, Contact.id.not_in(asked))
        .order_by(func.lower(Contact.name), Contact.id)
    ).all()


def find_contact(partnership_id: int, email: str) -> Contact | None:
    """The contact of a partnership who has this address."""
    return db.session.scalars(
        select(Contact).where(Contact.partnership_id == partnership_id, Contact.email == email)
    ).one_or_none()
