"""The parts of organisations in one partnership."""

from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from cycle_tracker.access.queries.tenures import body_holds
from cycle_tracker.core.extensions import db
from cycle_tracker.models.organisation import NAMED_BY_LAW, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody


def get_part(partnership: Partnership, body_id: int) -> PartnershipBody:
    """One organisation's part in a partnership. Raises NoResultFound for another's."""
    return db.session.scalars(
        select(PartnershipBody)
        .where(PartnershipBody.id == body_id, PartnershipBody.partnership_id == partnership.id)
        .options(joinedload(PartnershipBody.organisation))
    ).one()


def is_set_by_law(part: PartnershipBody) -> bool:
    """Whether the law says that the organisation has this part: then only administrators change it. Lead bodies own the
    duties, and integration joint boards are owed copies (2014 Act, sections 7 and 10)."""
    return is_role_set_by_law(part.role, part.organisation.kind)


def is_role_set_by_law(role: BodyRole, kind: OrganisationKind) -> bool:
    """The same of a role that an organisation of this kind has or is to have."""
    return role is BodyRole.LEAD or (role is BodyRole.PROVIDER and kind in NAMED_BY_LAW)


def list_boards_of_partnerships(day: date) -> dict[str, list[str]]:
    """By partnership, the integration joint boards that have a role in it on a day, by name; also for those that have
    none."""
    on_the_day = and_(PartnershipBody.partnership_id == Partnership.id, body_holds(day))
    is_board = and_(
        Organisation.id == PartnershipBody.organisation_id,
        Organisation.kind == OrganisationKind.INTEGRATION_JOINT_BOARD,
    )
    found: dict[str, list[str]] = {}
    for row in db.session.execute(
        select(Partnership.name.label("partnership"), Organisation.name.label("board"))
        .outerjoin(PartnershipBody, on_the_day)
        .outerjoin(Organisation, is_board)
        .order_by(Partnership.name, Organisation.name)
    ):
        boards = found.setdefault(row.partnership, [])
        if row.board is not None:
            boards.append(row.board)
    return found


def overlapping(
    partnership: Partnership, organisation_id: int, from_on: date, to_on: date | None
) -> list[PartnershipBody]:
    """The parts that an organisation has in a partnership on any day from the first of these to the last."""
    return [
        one
        for one in partnership.bodies
        if one.organisation_id == organisation_id
        and (to_on is None or one.from_on <= to_on)
        and (one.to_on is None or one.to_on >= from_on)
    ]
