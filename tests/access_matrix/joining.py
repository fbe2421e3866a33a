"""Setting partnerships up."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.cycles.services.reference import load_templates
from cycle_tracker.models.cycle import TemplateEdition
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import BodyRole, ClosureDay, Partnership, PartnershipBody
from tests.access_matrix.cells import ADMINISTRATOR, AUDITOR, OFFICIAL, Cell, everywhere
from tests.factories import make_organisation

ADMINS = frozenset({ADMINISTRATOR})
READERS = frozenset({ADMINISTRATOR, OFFICIAL, AUDITOR})
SET_UP = "/partnerships/<slug>/set-up"
HERE = "/partnerships/{slug}/set-up"
BODY = "bodies/<int(max=2147483647):body_id>/end"
WORKED = "2026-11-30"
CLOSURE = "closure-days/<int(max=2147483647):closure_id>/remove"


def _cell(rest: str, method: str, path: str, data: tuple[tuple[str, str], ...] = ()) -> Cell:
    return Cell(f"{SET_UP}{rest}", method, f"{HERE}{path}", ADMINS, data=data)


TABLE = [
    everywhere("/partnerships", READERS),
    Cell("/partnerships/export.<any(csv,xlsx):form>", "GET", "/partnerships/export.csv", READERS, everywhere=True),
    _cell("", "GET", ""),
    _cell("/bodies", "GET", "/bodies"),
    _cell(
        "/bodies",
        "POST",
        "/bodies",
        (("organisation", "N99"), ("role", "member"), ("from_on", "1 4 2026")),
    ),
    _cell(f"/{BODY}", "GET", "/bodies/{part_of_body}/end"),
    _cell(f"/{BODY}", "POST", "/bodies/{part_of_body}/end", (("to_on", "31 3 2036"),)),
    _cell("/notices-from", "GET", "/notices-from"),
    _cell("/notices-from", "POST", "/notices-from", (("notify_from", "1 7 2026"),)),
    _cell("/closure-days", "GET", "/closure-days"),
    _cell("/closure-days", "POST", "/closure-days", (("day", "3 8 2026"), ("name", "Local holiday"))),
    _cell("/closure-days/worked", "POST", "/closure-days/worked", (("holiday", WORKED),)),
    _cell(f"/{CLOSURE}", "POST", "/closure-days/{closed_day}/remove"),
    _cell("/contact", "GET", "/contact"),
    _cell(
        "/contact",
        "POST",
        "/contact",
        (("web_address", "https://example.org/plans"), ("mailbox", "plans@example.org")),
    ),
    Cell("/partnerships/<slug>/letter", "GET", "/partnerships/{slug}/letter", frozenset({OFFICIAL})),
    Cell(
        "/partnerships/<slug>/letter",
        "POST",
        "/partnerships/{slug}/letter",
        frozenset({OFFICIAL}),
        data=(("text", "Please tell us how your plan stands."),),
        gives_a_page=True,
    ),
    _cell("/periods", "GET", "/periods"),
    _cell("/periods", "POST", "/periods", (("period", "2029-32"), ("steps", "draft-plan"))),
    _cell("/periods/<period>", "GET", "/periods/2026-29"),
    _cell("/periods/<period>", "POST", "/periods/2026-29"),
    _cell("/periods/<period>/undo", "GET", "/periods/2026-29/undo"),
    Cell(
        f"{SET_UP}/periods/<period>/undo",
        "POST",
        f"{HERE}/periods/2026-29/undo",
        ADMINS,
        data=(("reason", "It was the wrong partnership."),),
        gives_a_page=True,
    ),
]


def make(partnership: Partnership) -> dict[str, object]:
    """A body and a closure day of the partnership; an organisation and the templates for all."""
    if db.session.scalars(select(Organisation).where(Organisation.code == "N99")).first() is None:
        make_organisation("Police").code = "N99"
    if db.session.scalars(select(TemplateEdition).where(TemplateEdition.edition == "guidance-2020")).first() is None:
        load_templates(now())
    council = make_organisation(f"{partnership.name} Council")
    body = PartnershipBody(
        partnership_id=partnership.id, organisation_id=council.id, role=BodyRole.LEAD, from_on=date(2017, 4, 1)
    )
    closure = ClosureDay(partnership_id=partnership.id, day=date(2026, 9, 7), name="Autumn holiday")
    db.session.add_all([body, closure])
    db.session.flush()
    return {"part_of_body": body.id, "closed_day": closure.id}
