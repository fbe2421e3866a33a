"""Records that come in: the history of plans and reports, milestones from a file, and what waits for its owner."""

from datetime import UTC, datetime

from cycle_tracker.core.extensions import db
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.pending_import import ImportKind, PendingImport
from tests.access_matrix.cells import LEAD, OFFICIAL, Cell, everywhere
from tests.factories import make_user

HISTORY = "/partnerships/<slug>/history"
IMPORT = "/partnerships/<slug>/import"
PREVIEW = "/imports/<int(max=2147483647):import_id>"
RECORDERS = frozenset({LEAD, OFFICIAL})
FILE = b"partnership,key,title,kind,due_on,owner,state\n,2026-29.survey,Survey,step,1/4/2037,,\n"

TABLE = [
    Cell(HISTORY, "GET", "/partnerships/{slug}/history", RECORDERS),
    Cell(
        HISTORY,
        "POST",
        "/partnerships/{slug}/history",
        RECORDERS,
        data=(("way", "grid"), ("published-{slug}-2020-23-plan-prepared", "unknown")),
    ),
    Cell(f"{HISTORY}/template.<any(csv,xlsx):form>", "GET", "/partnerships/{slug}/history/template.csv", RECORDERS),
    everywhere("/history", frozenset({OFFICIAL})),
    everywhere(
        "/history",
        frozenset({OFFICIAL}),
        "POST",
        data=(("way", "paste"), ("pasted", "Moray\tplan\t2020-23\tunknown")),
    ),
    Cell(
        "/history/template.<any(csv,xlsx):form>",
        "GET",
        "/history/template.csv",
        frozenset({OFFICIAL}),
        everywhere=True,
    ),
    Cell(IMPORT, "GET", "/partnerships/{slug}/import", frozenset({LEAD})),
    Cell(
        IMPORT,
        "POST",
        "/partnerships/{slug}/import",
        frozenset({LEAD}),
        files=(("file", "milestones.csv", FILE),),
    ),
    Cell(f"{IMPORT}/milestones.csv", "GET", "/partnerships/{slug}/import/milestones.csv", frozenset({LEAD})),
    Cell(PREVIEW, "GET", "/imports/{import}", frozenset(), otherwise=404),
    Cell(f"{PREVIEW}/record", "POST", "/imports/{import}/record", frozenset(), otherwise=404),
]


def make(partnership: Partnership) -> dict[str, int]:
    """Rows that somebody else put in, and has yet to confirm."""
    pending = PendingImport(
        kind=ImportKind.MILESTONES, rows=[], by_id=make_user("Somebody else").id, at=datetime(2036, 1, 1, tzinfo=UTC)
    )
    db.session.add(pending)
    db.session.flush()
    return {"import": pending.id}
