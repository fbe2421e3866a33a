"""Loading the organisations of the field and their parts in the partnerships.

What administrators decide stays theirs: names and codes that they edited, duplicates that they merged, an end that they
gave to a part.
"""

from collections.abc import Iterable

from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import FIRST_START
from cycle_tracker.cycles.services.loading import Loaded, load_rows
from cycle_tracker.models.organisation import OldCode, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.organisations.services.commencement import apply_commencement
from cycle_tracker.reference.files import read_integration_joint_boards, read_partnerships, read_rows

# The lead bodies hold the duties of Part 3 from the first period on (2014 Act, section 7(6)).
LEADS_FROM = FIRST_START


def load_organisations() -> Loaded:
    """Load councils, health boards, integration joint boards and the bodies that work with all of Scotland. Flushes."""
    rows = {
        body.code: {"name": body.name, "kind": kind}
        for partnership in read_partnerships()
        for kind, bodies in (
            (OrganisationKind.COUNCIL, partnership.councils),
            (OrganisationKind.HEALTH_BOARD, partnership.health_boards),
        )
        for body in bodies
    }
    rows |= {
        one.body.code: {"name": one.body.name, "kind": OrganisationKind.INTEGRATION_JOINT_BOARD}
        for one in read_integration_joint_boards()
    }
    rows |= {
        row["code"]: {"name": row["name"], "kind": OrganisationKind(row["kind"])}
        for row in read_rows("national_bodies")
    }
    by_id = {one.id: one for one in db.session.scalars(select(Organisation).order_by(Organisation.id))}
    known = {old.code: by_id[old.organisation_id] for old in db.session.scalars(select(OldCode).order_by(OldCode.code))}
    known |= {one.code: one for one in by_id.values()}
    return load_rows(Organisation, "code", known, rows)


def load_old_codes() -> Loaded:
    """Load the codes that organisations had before."""
    organisations = _organisation_ids()
    rows = {row["old_code"]: {"organisation_id": organisations[row["code"]]} for row in read_rows("old_codes")}
    known = {one.code: one for one in db.session.scalars(select(OldCode).order_by(OldCode.code))}
    return load_rows(OldCode, "code", known, rows)


def load_lead_bodies() -> Loaded:
    """Load who leads each partnership."""
    organisations, partnerships = _organisation_ids(), _partnership_ids()
    return _load_parts(
        PartnershipBody(
            partnership_id=partnerships[row.slug],
            organisation_id=organisations[body.code],
            role=BodyRole.LEAD,
            from_on=LEADS_FROM,
            to_on=None,
        )
        for row in read_partnerships()
        for body in (*row.councils, *row.health_boards)
    )


def load_integration_joint_boards() -> Loaded:
    """Load the integration joint boards as service providers of the partnerships of their area; from the day on which
    section 60 of the 2026 Act starts, if that is known, as lead bodies."""
    organisations, partnerships = _organisation_ids(), _partnership_ids()
    loaded = _load_parts(
        PartnershipBody(
            partnership_id=partnerships[one.slug],
            organisation_id=organisations[one.body.code],
            role=BodyRole.PROVIDER,
            from_on=one.from_on,
            to_on=one.to_on,
        )
        for one in read_integration_joint_boards()
    )
    if loaded.new:
        apply_commencement()
    return loaded


def _load_parts(wanted: Iterable[PartnershipBody]) -> Loaded:
    """Only of organisations that have no part in the partnership: a part may since have been given an end or another
    role, which this must not take back."""
    known = {
        tuple(row)
        for row in db.session.execute(select(PartnershipBody.partnership_id, PartnershipBody.organisation_id))
    }
    parts = list(wanted)
    missing = [one for one in parts if (one.partnership_id, one.organisation_id) not in known]
    db.session.add_all(missing)
    db.session.flush()
    return Loaded(total=len(parts), new=len(missing))


def _organisation_ids() -> dict[str, int]:
    """By code, also one of the past; of an organisation that was merged, the one it was merged into."""
    ids = {old.code: old.organisation_id for old in db.session.scalars(select(OldCode).order_by(OldCode.code))}
    number = func.coalesce(Organisation.merged_into_id, Organisation.id).label("number")
    return ids | {one.code: one.number for one in db.session.execute(select(Organisation.code, number))}


def _partnership_ids() -> dict[str, int]:
    return {one.slug: one.id for one in db.session.execute(select(Partnership.slug, Partnership.id))}
