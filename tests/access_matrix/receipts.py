"""What Scottish Government is to receive, and its receipts."""

from datetime import date

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.services.publications import scottish_government
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationCopy
from tests.access_matrix.cells import MILESTONE, OFFICIAL, REPORT, Cell, everywhere
from tests.factories import at_seven, make_report

LIST = "/to-receive"
OFFICIALS = frozenset({OFFICIAL})
SENT_ON, RECEIVED_ON = date(2026, 6, 29), date(2026, 7, 1)
RECEIVED = "/partnerships/{slug}/milestones/2020-23.received"
"""A report whose receipt is recorded."""

TABLE = [
    everywhere(LIST, OFFICIALS),
    everywhere(LIST, OFFICIALS, "POST", data=(("copy", "{sent_copy}"), ("received_on", "2 7 2026"))),
    Cell(f"{LIST}/export.<any(csv,xlsx):form>", "GET", f"{LIST}/export.xlsx", OFFICIALS, everywhere=True),
    Cell(f"{MILESTONE}/receipt", "GET", f"{REPORT}/receipt", OFFICIALS),
    Cell(
        f"{MILESTONE}/receipt",
        "POST",
        f"{REPORT}/receipt",
        OFFICIALS,
        data=(
            ("version", "2"),
            ("received_on", "2 7 2026"),
            ("sent_on", "1 7 2026"),
            ("published_on", "1 7 2026"),
            ("address", "https://www.example.org/report"),
        ),
    ),
    Cell(f"{MILESTONE}/receipt/undo", "GET", f"{RECEIVED}/receipt/undo", OFFICIALS),
    Cell(
        f"{MILESTONE}/receipt/undo",
        "POST",
        f"{RECEIVED}/receipt/undo",
        OFFICIALS,
        data=(("version", "2"), ("reason", "It was the report of another year.")),
    ),
]


def make(partnership: Partnership) -> dict[str, int]:
    """Two reports that were sent to Scottish Government, of which one was received."""
    sent = _copy(partnership, "2020-23.sent", None)
    _copy(partnership, "2020-23.received", RECEIVED_ON)
    return {"sent_copy": sent.id}


def _copy(partnership: Partnership, key: str, received_on: date | None) -> PublicationCopy:
    report = make_report(partnership, key=key, state=State.DONE, year_end=date(2023, 3, 31))
    publication = Publication(milestone=report, published_on=SENT_ON, recorded_from=at_seven(SENT_ON))
    copy = PublicationCopy(receiver=scottish_government(), sent_on=SENT_ON, received_on=received_on)
    publication.copies.append(copy)
    db.session.add(publication)
    db.session.flush()
    return copy
