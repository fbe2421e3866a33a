"""The address book, as far as the person who asks may know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import aliased, joinedload

from cycle_tracker.access.queries.scopes import is_among
from cycle_tracker.access.queries.tenures import body_holds
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of, rows_of
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody


class Use(StrEnum):
    """Which organisations a list shows."""

    IN_USE = "in-use"
    WAITING = "waiting"
    NOT_IN_USE = "not-in-use"


@dataclass(frozen=True)
class OrganisationQuestion:
    """What a list asks for: words in the name or the code, a kind, and a use; each may be left open."""

    text: str = ""
    kind: OrganisationKind | None = None
    use: Use | None = None


class OrganisationRow(NamedTuple):
    """One organisation in the list. `added_by` names the partnership that added it, `parts` counts the partnerships in
    which it has a part today."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    mailbox: str
    in_use: bool
    is_waiting: bool
    added_by: str
    parts: int


class PartRow(NamedTuple):
    """One part of an organisation in a partnership."""

    partnership: str
    slug: str
    role: BodyRole
    from_on: date
    to_on: date | None


def count_organisations(question: OrganisationQuestion) -> int:
    """How many there are. One statement."""
    return db.session.scalar(select(func.count(Organisation.id)).where(*_conditions(question))) or 0


def count_waiting() -> int:
    """How many wait to be accepted: as many as the list has of `Use.WAITING`. One statement."""
    return int(rows_of(_waiting())[0][0])


@built_once
def _waiting() -> Select[int]:
    return select(func.count(Organisation.id)).where(*_conditions(OrganisationQuestion(use=Use.WAITING)))


def list_organisation_rows(
    question: OrganisationQuestion, today: date, *, page: int | None = None, per_page: int = 0
) -> list[OrganisationRow]:
    """The organisations by name; one page of them, or all. One statement."""
    statement = _rows(today).where(*_conditions(question)).order_by(func.lower(Organisation.name), Organisation.id)
    if page is not None:
        statement = statement.limit(per_page).offset((page - 1) * per_page)
    return [OrganisationRow(*row) for row in db.session.execute(statement)]


def get_organisation(organisation_id: int) -> Organisation:
    """One organisation, for administrators. Raises NoResultFound."""
    return db.session.scalars(select(Organisation).where(Organisation.id == organisation_id)).one()


def get_visible_organisation(viewer: Viewer, organisation_id: int) -> Organisation:
    """One organisation, for administrators, and for planning leads if it is accepted or their partnership added it.

    Raises NoResultFound for others.
    """
    found = get_organisation(organisation_id)
    mine = viewer.partnerships_with(Permission.MANAGE_MEMBERS) or ()
    if found.is_waiting and found.added_by_id not in mine and not viewer.can(Permission.MANAGE_ORGANISATIONS):
        raise NoResultFound
    return found


def list_parts(organisation: Organisation, viewer: Viewer) -> list[PartRow]:
    """The parts of an organisation in the partnerships that the person sees, by partnership and first day."""
    rows = db.session.execute(
        select(Partnership.name, Partnership.slug, PartnershipBody.role, PartnershipBody.from_on, PartnershipBody.to_on)
        .join(Partnership, Partnership.id == PartnershipBody.partnership_id)
        .where(
            PartnershipBody.organisation_id == organisation.id,
            is_among(Partnership.id, viewer.partnerships_with(Permission.READ_TITLES_AND_DATES)),
        )
        .order_by(Partnership.name, PartnershipBody.from_on, PartnershipBody.id)
    )
    return [PartRow(*row) for row in rows]


def list_contacts_of(organisation: Organisation, viewer: Viewer) -> Sequence[Contact]:
    """The contacts who belong to an organisation in the partnerships whose contacts the person keeps, by name."""
    return db.session.scalars(
        select(Contact)
        .where(
            Contact.organisation_id == organisation.id,
            is_among(Contact.partnership_id, viewer.partnerships_with(Permission.MANAGE_CONTACTS)),
        )
        .options(joinedload(Contact.partnership))
        .order_by(func.lower(Contact.name), Contact.id)
    ).all()


def list_to_merge_into(duplicate: Organisation) -> Sequence[Organisation]:
    """The organisations that one may be merged into: those in use that do not wait to be accepted, by name."""
    return db.session.scalars(
        select(Organisation)
        .where(Organisation.in_use, ~_waits(), Organisation.id != duplicate.id)
        .order_by(func.lower(Organisation.name), Organisation.id)
    ).all()


def adding_partnership(organisation: Organisation) -> Partnership | None:
    """The partnership that added an organisation, if one did."""
    return db.session.get(Partnership, organisation.added_by_id) if organisation.added_by_id else None


def find_by_name(name: str, *, within: int | None) -> Organisation | None:
    """An organisation in use of this name among those that a partnership sees; with no partnership, among those that
    do not wait to be accepted. Small and capital letters are the same. The name of one that was merged means the one
    that it was merged into."""
    return db.session.scalars(_by_name(), {"name": name.lower(), "within": within}).one_or_none()


@built_once
def _by_name() -> Select[Organisation]:
    waits = and_(_waits(), Organisation.added_by_id.is_distinct_from(number_of("within")))
    named = aliased(Organisation)
    is_named = func.lower(named.name) == bindparam("name", type_=String)
    ids = select(func.coalesce(named.merged_into_id, named.id)).where(is_named)
    return (
        select(Organisation)
        .where(Organisation.id.in_(ids), Organisation.in_use, ~waits)
        .order_by(Organisation.id)
        .limit(1)
    )


def _waits() -> ColumnElement[bool]:
    """True for organisations that a partnership added and no administrator has accepted: as `is_waiting`."""
    return and_(Organisation.added_by_id.is_not(None), Organisation.accepted_at.is_(None))


def _conditions(question: OrganisationQuestion) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if question.text:
        columns = (Organisation.name, Organisation.code)
        conditions.append(or_(*(column.icontains(question.text, autoescape=True) for column in columns)))
    if question.kind is not None:
        conditions.append(Organisation.kind == question.kind)
    if question.use is Use.IN_USE:
        conditions.append(Organisation.in_use.expression)
    elif question.use is Use.WAITING:
        conditions.append(and_(Organisation.in_use, _waits()))
    elif question.use is Use.NOT_IN_USE:
        conditions.append(~Organisation.in_use)
    return conditions


def _rows(today: date) -> Select[*tuple[Any, ...]]:
    adding = aliased(Partnership)
    parts = (
        select(func.count(PartnershipBody.id))
        .where(PartnershipBody.organisation_id == Organisation.id, body_holds(today))
        .correlate(Organisation)
        .scalar_subquery()
    )
    return select(
        Organisation.id,
        Organisation.code,
        Organisation.name,
        Organisation.kind,
        func.coalesce(Organisation.mailbox, ""),
        Organisation.in_use,
        _waits(),
        func.coalesce(adding.name, ""),
        parts,
    ).outerjoin(adding, adding.id == Organisation.added_by_id)
