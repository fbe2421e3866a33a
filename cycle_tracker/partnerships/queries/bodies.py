"""The organisations of partnerships, and whose part in them applies on a day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, func, or_, select, union_all
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


def list_organisations(
    *, partnership_id: int | None = None, with_government: bool = False, also: Organisation | None = None
) -> Sequence[Organisation]:
    """Every organisation in use, by name; the Scottish Government only if asked for.

    With a partnership, those that it may choose: not what another one added and no administrator has accepted. `also`
    is in the list although it may no longer be in use: the one that was chosen before.
    """
    offered = Organisation.in_use.expression
    if partnership_id is not None:
        is_for_all = or_(Organisation.added_by_id.is_(None), Organisation.accepted_at.is_not(None))
        offered = and_(offered, or_(is_for_all, Organisation.added_by_id == partnership_id))
    if not with_government:
        offered = and_(offered, Organisation.kind != OrganisationKind.SCOTTISH_GOVERNMENT)
    if also is not None:
        offered = or_(offered, Organisation.id == also.id)
    return db.session.scalars(select(Organisation).where(offered).order_by(Organisation.name, Organisation.id)).all()


def find_organisation(code: str) -> Organisation | None:
    """The organisation with this official code, or with this one in the past; of one that was merged, the one it was
    merged into."""
    wanted = code.strip().upper()
    ids = union_all(
        select(OldCode.organisation_id.label("id")).where(OldCode.code == wanted),
        select(func.coalesce(Organisation.merged_into_id, Organisation.id)).where(Organisation.code == wanted),
    )
    return db.session.scalars(
        select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id).limit(1)
    ).one_or_none()
