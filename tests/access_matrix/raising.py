"""Saying by when one replies, and raising something by hand."""

from datetime import date

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import CLERK, GOVERNANCE, LEAD, MILESTONE, OFFICIAL, Cell
from tests.factories import at_seven, make_milestone, make_report

OF_OWNERS = "/partnerships/{slug}/milestones/2026-29.late-step"
OF_NATION = "/partnerships/{slug}/milestones/2026-29.raised-report"
EARLY = "/partnerships/{slug}/milestones/2026-29.to-raise"
ESCALATION = "/escalations/<int(max=2147483647):escalation_id>/acknowledgement"
RAISES = frozenset({LEAD, GOVERNANCE, CLERK})
RAISES_FURTHER = frozenset({GOVERNANCE, CLERK, OFFICIAL})
DECIDES = frozenset({GOVERNANCE, CLERK})
REPLY = (("version", "1"), ("reply_by", "10 7 2026"))
WHY = (("version", "1"), ("why", "It was put off twice already."))

TABLE = [
    Cell(f"{MILESTONE}/acknowledgement", "GET", f"{OF_OWNERS}/acknowledgement", frozenset({LEAD})),
    Cell(f"{MILESTONE}/acknowledgement", "POST", f"{OF_OWNERS}/acknowledgement", frozenset({LEAD}), data=REPLY),
    Cell(f"{MILESTONE}/national-acknowledgement", "GET", f"{OF_NATION}/national-acknowledgement", RAISES_FURTHER),
    Cell(
        f"{MILESTONE}/national-acknowledgement",
        "POST",
        f"{OF_NATION}/national-acknowledgement",
        RAISES_FURTHER,
        data=REPLY,
        gives_a_page=True,  # for those who may raise it and are not of the national group, who alone answer for it
    ),
    Cell(ESCALATION, "GET", "/escalations/{group_rung}/acknowledgement", DECIDES),
    Cell(
        ESCALATION,
        "POST",
        "/escalations/{group_rung}/acknowledgement",
        DECIDES,
        data=REPLY,
        optional=("meeting",),
    ),
    Cell(f"{MILESTONE}/raise", "GET", f"{EARLY}/raise", RAISES),
    Cell(f"{MILESTONE}/raise", "POST", f"{EARLY}/raise", RAISES, data=WHY),
    Cell(f"{MILESTONE}/raise-further", "GET", f"{EARLY}/raise-further", RAISES_FURTHER),
    Cell(f"{MILESTONE}/raise-further", "POST", f"{EARLY}/raise-further", RAISES_FURTHER, data=WHY),
]


def make(partnership: Partnership) -> dict[str, object]:
    """A late step with its first rung, a report that came to the group and the nation, and one that came to nobody."""
    late = make_milestone(partnership, key="2026-29.late-step", due_on=date(2026, 7, 1))
    raised = make_report(partnership, key="2026-29.raised-report", year_end=date(2024, 3, 31))
    make_report(partnership, key="2026-29.to-raise", year_end=date(2026, 3, 31))
    _open(late, 1, Audience.LEAD)
    _open(raised, 20, Audience.NATIONAL)
    return {"group_rung": _open(raised, 14, Audience.GOVERNANCE).id}


def _open(milestone: Milestone, rung: int, audience: Audience) -> Escalation:
    day = date(2026, 7, 2)
    escalation = Escalation(
        milestone_id=milestone.id,
        due_on=milestone.due_on,
        rung=rung,
        audience=audience,
        fell_due_on=day,
        opened_at=at_seven(day),
    )
    db.session.add(escalation)
    db.session.flush()
    return escalation
