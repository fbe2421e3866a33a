"""The organisations of partnerships, and whose part in them applies on a day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from cycle_tracker.core.extensions import db
from cycle_tracker.models.organisation import OldCode, Organisation, OrganisationKind
from cycle_tracker.models.partnership import PartnershipBody


def list_bodies(partnership_id: int) -> Sequence[PartnershipBody]:
    """Every organisation that has or had a part in a partnership: those that lead first, then members, then service
    providers, each by name and first day.
    """
    return db.session.scalars(
        select(PartnershipBody)
        .join(PartnershipBody.organisation)
        .where(PartnershipBody.partnership_id == partnership_id)
        .options(joinedload(PartnershipBody.organisation))
        .order_by(PartnershipBody.role, Organisation.name, PartnershipBody.from_on, PartnershipBody.id)
    ).all()


def bodies_on(partnership_id: int, day: date) -> list[Organisation]:
    """The organisations that have a part in a partnership on this day: those that lead first, then by name."""
    return [one.organisation for one in list_bodies(partnership_id) if one.holds_on(day)]


def list_organisations(*, with_government: bool = False) -> Sequence[Organisation]:
    """Every organisation that may take part in a partnership, by name; Scottish Government only where asked for."""
    statement = select(Organisation).order_by(Organisation.name, Organisation.id)
    if not with_government:
        statement = statement.where(Organisation.kind != OrganisationKind.SCOTTISH_GOVERNMENT)
    return db.session.scalars(statement).all()


def find_organisation(code: str) -> Organisation | None:
    """The organisation with this official code, or with this one in the past."""
    old = select(OldCode.organisation_id).where(OldCode.code == code.strip().upper())
    return db.session.scalars(
        select(Organisation)
        .where(or_(Organisation.code == code.strip().upper(), Organisation.id.in_(old)))
        .order_by(Organisation.id)
        .limit(1)
    ).one_or_none()
