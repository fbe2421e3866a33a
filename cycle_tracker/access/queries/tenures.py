"""Whose part in a partnership or a group applies on a day, in SQL: the only spelling."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from cycle_tracker.models.group import Membership
from cycle_tracker.models.partnership import BodyRole, PartnershipBody


def body_holds(day: Any) -> ColumnElement[bool]:
    """True for the parts of organisations in partnerships that apply on this day: as `PartnershipBody.holds_on`."""
    return and_(
        PartnershipBody.from_on <= day,
        or_(PartnershipBody.to_on.is_(None), PartnershipBody.to_on >= day),
    )


def body_lasts_beyond(day: Any) -> ColumnElement[bool]:
    """True for the parts that apply after this day, also those that are still to begin."""
    return or_(PartnershipBody.to_on.is_(None), PartnershipBody.to_on > day)


def body_gives_access(day: Any) -> ColumnElement[bool]:
    """True for the parts that let people with a role in all partnerships of an organisation into this one on this day:
    those of lead bodies and members. A service provider's people do not see the partnership."""
    return and_(PartnershipBody.role != BodyRole.PROVIDER, body_holds(day))


def membership_holds(today: Any) -> ColumnElement[bool]:
    """True for the places in groups that have not ended: the last day of one still counts."""
    return or_(Membership.to_on.is_(None), Membership.to_on >= today)
