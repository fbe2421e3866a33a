"""Requests for an update: asking, listing, reading and answering."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import ADMINISTRATOR, EVERYBODY, LEAD, OFFICIAL, Cell, everywhere
from tests.factories import at_seven, make_user

LIST = "/update-requests"
ONE = f"{LIST}/<int(max=2147483647):request_id>"
READERS = EVERYBODY - {ADMINISTRATOR}
ASKED = (
    ("document", "{asked_report}"),
    ("text", "How does it stand, please?"),
    ("reply_by", "{reply_by}"),
    ("action", "preview"),
)

TABLE = [
    everywhere(LIST, READERS),
    Cell(f"{LIST}/export.<any(csv,xlsx):form>", "GET", f"{LIST}/export.csv", READERS, everywhere=True),
    everywhere(f"{LIST}/new", frozenset({OFFICIAL})),
    replace(
        everywhere(f"{LIST}/new", frozenset({OFFICIAL}), "POST", data=ASKED), gives_a_page=True, optional=("seen",)
    ),
    Cell(ONE, "GET", f"{LIST}/{{update_request}}", READERS),
    Cell(f"{ONE}/answer", "GET", f"{LIST}/{{update_request}}/answer", frozenset({LEAD})),
    Cell(
        f"{ONE}/answer",
        "POST",
        f"{LIST}/{{update_request}}/answer",
        frozenset({LEAD}),
        data=(("answer", "It goes to the board in September."),),
    ),
]


def make(partnership: Partnership) -> dict[str, object]:
    """A request about the partnership's report."""
    report = db.session.scalars(
        select(Milestone).where(Milestone.partnership_id == partnership.id, Milestone.key == "2023-26.annual-report-3")
    ).one()
    reply_by = clock.today() + timedelta(days=14)
    asked_by = make_user("Una Shaw", role=Role.OFFICIAL)
    request = UpdateRequest(
        milestone_id=report.id,
        asked_by_id=asked_by.id,
        asked_at=at_seven(date(2026, 7, 2)),
        text="How does it stand?",
        reply_by=reply_by,
    )
    db.session.add(request)
    db.session.flush()
    return {"update_request": request.id, "asked_report": report.id, "reply_by": f"{reply_by:%-d %m %Y}"}
