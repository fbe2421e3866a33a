"""Comments on a document, which officials see without them. Nobody takes back what another wrote."""

from sqlalchemy import select

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.milestones.services.comments import write_comment
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import AUDITOR, CLERK, CONTRIBUTOR, GOVERNANCE, LEAD, MILESTONE, REPORT, Cell
from tests.factories import make_user

PEOPLE = frozenset({LEAD, CONTRIBUTOR, GOVERNANCE, CLERK})

TABLE = [
    Cell(f"{MILESTONE}/comments", "GET", f"{REPORT}/comments", PEOPLE | {AUDITOR}),
    Cell(
        f"{MILESTONE}/comments",
        "POST",
        f"{REPORT}/comments",
        PEOPLE,
        data=(("text", "The board meets on 3 May."),),
    ),
    Cell(
        f"{MILESTONE}/comments/<int(max=2147483647):comment_id>/take-back",
        "POST",
        f"{REPORT}/comments/{{comment}}/take-back",
        frozenset(),
    ),
]


def make(partnership: Partnership) -> dict[str, object]:
    """What somebody else said."""
    report = db.session.scalars(
        select(Milestone).where(Milestone.partnership_id == partnership.id, Milestone.key == "2023-26.annual-report-3")
    ).one()
    comment = write_comment(report, "Who drafts it?", by=make_user(f"An author of {partnership.name}"), now=now())
    return {"comment": comment.id}
