"""Evidence: an address, a file, and taking them away. On a document, which officials see without its evidence."""

from sqlalchemy import select

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.milestones.services.evidence import add_address, add_file
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import AUDITOR, CLERK, CONTRIBUTOR, GOVERNANCE, LEAD, MILESTONE, REPORT, Cell
from tests.factories import make_user
from tests.support import files

READERS = frozenset({LEAD, CONTRIBUTOR, GOVERNANCE, CLERK, AUDITOR})
ONE = f"{MILESTONE}/evidence/<int(max=2147483647):evidence_id>"

TABLE = [
    Cell(f"{MILESTONE}/evidence/new", "GET", f"{REPORT}/evidence/new", frozenset({LEAD})),
    Cell(
        f"{MILESTONE}/evidence/new",
        "POST",
        f"{REPORT}/evidence/new",
        frozenset({LEAD}),
        data=(("title", "Minute of the board"),),
        files=(("file", "minute.pdf", files.pdf()),),
    ),
    Cell(ONE, "GET", f"{REPORT}/evidence/{{evidence_file}}", READERS),
    Cell(f"{ONE}/remove", "GET", f"{REPORT}/evidence/{{evidence_address}}/remove", frozenset({LEAD})),
    Cell(f"{ONE}/remove", "POST", f"{REPORT}/evidence/{{evidence_address}}/remove", frozenset({LEAD})),
]


def make(partnership: Partnership) -> dict[str, object]:
    """Two pieces that somebody else added."""
    report = db.session.scalars(
        select(Milestone).where(Milestone.partnership_id == partnership.id, Milestone.key == "2023-26.annual-report-3")
    ).one()
    somebody = make_user(f"Somebody of {partnership.name}")
    file = add_file(report, "Draft", "draft.docx", files.docx(), by=somebody, now=now())
    address = add_address(report, "Agenda", "https://www.example.org/agenda", by=somebody, now=now())
    return {"evidence_file": file.id, "evidence_address": address.id}
