"""Section 60 of the Children (Care, Care Experience and Services Planning) (Scotland) Act 2026.

From the day on which it starts, the integration joint board of an area is a lead body too. If there is none, nothing
changes.

The day is kept, and the parts of the boards are split on it. So whoever asks who leads on a day needs to know nothing
of the Act: a plan of an earlier day keeps its lead bodies and the copies that were owed.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from cycle_tracker.access.queries.tenures import body_lasts_beyond
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Commenced, Commencement, Law, Partnership, PartnershipBody
from cycle_tracker.models.user import User
from cycle_tracker.organisations.services.parts import LATEST, follow

# The Act is of 15 May 2026; no section of it starts earlier.
ROYAL_ASSENT = date(2026, 5, 15)
DAY = timedelta(days=1)
# How a part that begins later is marked, by the role that it would have had.
WOULD_BE = {BodyRole.MEMBER: Commenced.WAS_MEMBER, BodyRole.PROVIDER: Commenced.WAS_PROVIDER}
ROLES: dict[Commenced | None, BodyRole] = {commenced: role for role, commenced in WOULD_BE.items()}


def set_commencement(starts_on: date | None, *, by: User, now: datetime) -> None:
    """Say on which day section 60 starts, or with None, that no day is known. Saying the same again changes nothing.

    Raises RuleBroken for a day that cannot be.
    """
    if starts_on is not None and not ROYAL_ASSENT <= starts_on < LATEST:
        raise RuleBroken(
            f"The date must be from {ROYAL_ASSENT:%-d %B %Y}, when the Act was passed, to {LATEST.year - 1}.",
            field="starts_on",
        )
    partnerships = db.session.scalars(select(Partnership.id).order_by(Partnership.id).with_for_update()).all()
    known = find_commencement()
    before = known.starts_on if known else None
    if starts_on == before:
        return
    _take_back()
    if known is not None:
        db.session.delete(known)
        db.session.flush()
    if starts_on is not None:
        row = Commencement(law=Law.ACT_2026_SECTION_60, starts_on=starts_on, set_by_id=by.id, set_at=now)
        db.session.add(row)
        db.session.flush()
        apply_commencement()
    audit.record(
        "commencement",
        0,
        "set" if starts_on else "removed",
        by=by,
        at=now,
        before={"starts_on": before},
        after={"starts_on": starts_on},
    )
    db.session.flush()
    follow(partnerships, by=by, now=now)


def find_commencement() -> Commencement | None:
    """The day that is known, with who entered it and when."""
    return db.session.get(Commencement, Law.ACT_2026_SECTION_60)


def apply_commencement() -> None:
    """Make the integration joint boards lead bodies from the day that is known on. Doing it again changes nothing."""
    known = find_commencement()
    if known is None:
        return
    for part in _parts_of_boards(PartnershipBody.role != BodyRole.LEAD, body_lasts_beyond(known.starts_on - DAY)):
        if part.from_on >= known.starts_on:
            part.role, part.commenced = BodyRole.LEAD, WOULD_BE[part.role]
            continue
        db.session.add(
            PartnershipBody(
                partnership_id=part.partnership_id,
                organisation_id=part.organisation_id,
                role=BodyRole.LEAD,
                from_on=known.starts_on,
                to_on=part.to_on,
                commenced=Commenced.GOES_ON,
            )
        )
        part.to_on = known.starts_on - DAY
    db.session.flush()
    db.session.expire_all()


def _take_back() -> None:
    """Give the integration joint boards the roles that they would have without the day."""
    parts = _parts_of_boards()
    for part in [one for one in parts if one.commenced is not None and one.role is BodyRole.LEAD]:
        earlier = next((one for one in parts if _comes_before(one, part)), None)
        if part.commenced is Commenced.GOES_ON and earlier is not None:
            earlier.to_on = part.to_on
            db.session.delete(part)
        else:
            part.role, part.commenced = ROLES.get(part.commenced, BodyRole.PROVIDER), None
    db.session.flush()
    db.session.expire_all()


def _comes_before(one: PartnershipBody, part: PartnershipBody) -> bool:
    """Whether this is the part of the same organisation in the same partnership that ended on the day before."""
    return (one.partnership_id, one.organisation_id, one.to_on) == (
        part.partnership_id,
        part.organisation_id,
        part.from_on - DAY,
    )


def _parts_of_boards(*conditions: object) -> Sequence[PartnershipBody]:
    return db.session.scalars(
        select(PartnershipBody)
        .join(PartnershipBody.organisation)
        .where(Organisation.kind == OrganisationKind.INTEGRATION_JOINT_BOARD, *conditions)  # type: ignore[arg-type]
        .order_by(PartnershipBody.id)
    ).all()
