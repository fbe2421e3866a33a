"""People without an account: kept by the planning leads, and seen by nobody else."""

from datetime import date

from cycle_tracker.core.clock import now
from cycle_tracker.core.kinds import Kind
from cycle_tracker.milestones.services.contacts import ContactDetails, add_contact, ask_contact
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import LEAD, MILESTONE, Cell
from tests.factories import make_milestone, make_user

LIST = "/partnerships/<slug>/contacts"
ONE = "<int(max=2147483647):contact_id>"
HERE = "/partnerships/{slug}/contacts"
CONSULTATION = "/partnerships/{slug}/milestones/2026-29.consultation/contacts"
LEADS = frozenset({LEAD})
SOMEBODY = (("contact", ""), ("name", "Una Fyfe"), ("email", "una@example.test"), ("organisation", "Fife College"))

TABLE = [
    Cell(LIST, "GET", HERE, LEADS),
    Cell(f"{LIST}/export.<any(csv,xlsx):form>", "GET", f"{HERE}/export.csv", LEADS),
    Cell(f"{LIST}/new", "GET", f"{HERE}/new", LEADS),
    Cell(
        f"{LIST}/new", "POST", f"{HERE}/new", LEADS, data=(*SOMEBODY[1:], ("roles", "copies"), ("roles", "approvals"))
    ),
    Cell(f"{LIST}/{ONE}", "GET", f"{HERE}/{{contact}}", LEADS),
    Cell(
        f"{LIST}/{ONE}",
        "POST",
        f"{HERE}/{{contact}}",
        LEADS,
        data=(*SOMEBODY[1:], ("roles", "copies"), ("active", "y")),
    ),
    Cell(f"{MILESTONE}/contacts", "GET", CONSULTATION, LEADS),
    Cell(f"{MILESTONE}/contacts", "POST", CONSULTATION, LEADS, data=SOMEBODY),
    Cell(f"{MILESTONE}/contacts/{ONE}/remove", "POST", f"{CONSULTATION}/{{contact}}/remove", LEADS),
]


def make(partnership: Partnership) -> dict[str, object]:
    """A consultation, and somebody who is asked about it."""
    lead = make_user(f"Keeper of {partnership.name}")
    asked = make_milestone(
        partnership,
        key="2026-29.consultation",
        kind=Kind.CONSULTATION,
        due_on=date(2026, 9, 1),
        entered_on=date(2026, 7, 1),
    )
    details = ContactDetails("Kirsty Bain", f"kirsty.{partnership.slug}@example.test", "NHS Grampian")
    contact = add_contact(partnership, details, by=lead, now=now())
    ask_contact(asked, contact, by=lead, now=now())
    return {"contact": contact.id}
