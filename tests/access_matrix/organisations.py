"""The address book for administrators, and the organisations of a partnership for its planning leads."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.organisations.services.organisations import OrganisationDetails, add_organisation
from tests.access_matrix.cells import ADMINISTRATOR, LEAD, Cell, everywhere
from tests.factories import make_organisation

ADMINS = frozenset({ADMINISTRATOR})
LEADS = frozenset({LEAD})
ONE = "/organisations/<int(max=2147483647):organisation_id>"
WITHIN = "/partnerships/<slug>/organisations"
HERE = "/partnerships/{slug}/organisations"
NEW = (
    ("name", "Aberlour"),
    ("kind", "service-provider"),
    ("mailbox", "plans@aberlour.example.test"),
    ("code", "SC007991"),
)
PART = (("role", "provider"), ("from_on", "1 4 2026"), ("to_on", "31 3 2029"))


def _of_one(rest: str, method: str, path: str, data: tuple[tuple[str, str], ...] = ()) -> Cell:
    return Cell(f"{ONE}{rest}", method, f"/organisations{path}{rest}", ADMINS, everywhere=True, data=data)


TABLE = [
    everywhere("/organisations", ADMINS),
    Cell("/organisations/export.<any(csv,xlsx):form>", "GET", "/organisations/export.csv", ADMINS, everywhere=True),
    everywhere("/organisations/new", ADMINS),
    everywhere("/organisations/new", ADMINS, "POST", NEW),
    everywhere("/organisations/2026-act", ADMINS),
    everywhere("/organisations/2026-act", ADMINS, "POST", (("starts_on", "1 4 2027"),)),
    everywhere("/organisations/2026-act/remove", ADMINS, "POST"),
    Cell(ONE, "GET", "/organisations/{organisation}", ADMINS | LEADS, everywhere=True),
    _of_one("/change", "GET", "/{organisation}"),
    _of_one("/change", "POST", "/{organisation}", (*NEW[1:3], ("name", "Parent Network"), ("code", "SC000001"))),
    _of_one("/accept", "POST", "/{waiting}"),
    _of_one("/merge", "GET", "/{waiting}"),
    _of_one("/merge", "POST", "/{waiting}", (("into", "{organisation}"),)),
    _of_one("/stop-using", "POST", "/{unused}"),
    _of_one("/use", "POST", "/{unused}"),
    Cell(WITHIN, "GET", HERE, LEADS),
    Cell(
        WITHIN,
        "POST",
        HERE,
        LEADS,
        data=(("organisation", ""), ("name", "Home-Start"), ("kind", "service-provider"), ("mailbox", ""), *PART),
    ),
    Cell(f"{WITHIN}/<int(max=2147483647):body_id>", "GET", f"{HERE}/{{provider_part}}", LEADS),
    Cell(f"{WITHIN}/<int(max=2147483647):body_id>", "POST", f"{HERE}/{{provider_part}}", LEADS, data=PART),
]


def make(partnership: Partnership) -> dict[str, object]:
    """An organisation of all, one that nobody uses, one that the partnership added, and the part that it has."""
    named = {one.name: one for one in db.session.scalars(select(Organisation))}
    kind = OrganisationKind.SERVICE_PROVIDER
    used = named.get("Parenting Across") or make_organisation("Parenting Across", kind=kind)
    unused = named.get("Family Futures") or make_organisation("Family Futures", kind=kind)
    details = OrganisationDetails(f"Home help of {partnership.slug}", kind)
    waiting = add_organisation(details, partnership=partnership, by=None, now=now())
    part = PartnershipBody(
        partnership_id=partnership.id, organisation=waiting, role=BodyRole.PROVIDER, from_on=date(2020, 4, 1)
    )
    db.session.add(part)
    db.session.flush()
    return {"organisation": used.id, "unused": unused.id, "waiting": waiting.id, "provider_part": part.id}
