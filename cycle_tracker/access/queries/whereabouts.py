"""Where a person works, in the few words that stand at the top of every page."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from cycle_tracker.access.queries.tenures import membership_holds
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.models import Group, Membership, MembershipRole, Partnership


@dataclass(frozen=True)
class Place:
    """The first of a person's partnerships, and whether they chair the governance group of any of them."""

    partnership: str
    is_chair: bool


def find_place(viewer: Viewer, today: date) -> Place | None:
    """The place of somebody who has roles within partnerships, in one statement; None for everybody else."""
    if not viewer.within:
        return None
    chairs = exists().where(
        Membership.group_id == Group.id,
        Membership.user_id == viewer.user_id,
        Membership.role == MembershipRole.CHAIR,
        membership_holds(today),
        Group.partnership_id.in_(sorted(viewer.within)),
    )
    row = db.session.execute(
        select(Partnership.name, chairs.label("is_chair"))
        .where(Partnership.id.in_(sorted(viewer.within)))
        .order_by(Partnership.name, Partnership.id)
        .limit(1)
    ).one()
    return Place(row.name, row.is_chair)
