"""What came to the governance group."""

from datetime import date

from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import AUDITOR, CLERK, GOVERNANCE, LEAD, Cell, everywhere
from tests.factories import at_seven, make_user

ESCALATION = "/escalations/<int(max=2147483647):escalation_id>"
DISPUTE = f"{ESCALATION}/decisions/<int(max=2147483647):decision_id>/dispute"
MINUTE = f"{ESCALATION}/decisions/<int(max=2147483647):decision_id>/minute"
REASON = (("version", "1"), ("reason", "The group put it off."))
DECISION = (
    ("version", "2"),
    ("outcome", "new-date"),
    ("expected_on", "30 9 2026"),
    ("explanation", "The committee met late this year."),
)
"""The fields of the other three decisions stay empty."""

TABLE = [
    everywhere("/escalations", frozenset({LEAD, GOVERNANCE, CLERK, AUDITOR})),
    Cell(
        "/escalations/export.<any(csv,xlsx):form>",
        "GET",
        "/escalations/export.csv",
        frozenset({LEAD, GOVERNANCE, CLERK, AUDITOR}),
        everywhere=True,
    ),
    Cell(ESCALATION, "GET", "/escalations/{escalation}", frozenset({LEAD, GOVERNANCE, CLERK, AUDITOR})),
    Cell(f"{ESCALATION}/decision", "GET", "/escalations/{escalation}/decision", frozenset({GOVERNANCE, CLERK})),
    Cell(
        f"{ESCALATION}/decision",
        "POST",
        "/escalations/{escalation}/decision",
        frozenset({GOVERNANCE, CLERK}),
        data=DECISION,
        optional=(
            "cause",
            "meeting",
            "meeting_on",
            "minute",
            "shared",
            "next_title",
            "next_owner",
            "next_due_on",
            "referred_to",
            "referral_reason",
            "no_action_reason",
        ),
    ),
    # For the clerk, the chair and who recorded it.
    Cell(MINUTE, "GET", "/escalations/{escalation}/decisions/{decision}/minute", frozenset({CLERK})),
    Cell(
        MINUTE,
        "POST",
        "/escalations/{escalation}/decisions/{decision}/minute",
        frozenset({CLERK}),
        data=(*REASON, ("meeting_on", "1 7 2026"), ("minute", "4.3")),
        optional=("meeting",),
    ),
    # For the chair of the group alone, who is none of these people.
    Cell(DISPUTE, "GET", "/escalations/{escalation}/decisions/{decision}/dispute", frozenset()),
    Cell(DISPUTE, "POST", "/escalations/{escalation}/decisions/{decision}/dispute", frozenset(), data=REASON),
]


def make(partnership: Partnership) -> dict[str, int]:
    """An escalation of the partnership's report to its governance group, with a decision that a lead recorded."""
    report = db.session.scalars(
        select(Milestone).where(Milestone.partnership_id == partnership.id, Milestone.key == "2023-26.annual-report-3")
    ).one()
    escalation = Escalation(
        milestone_id=report.id,
        due_on=date(2026, 6, 30),
        rung=14,
        audience=Audience.GOVERNANCE,
        fell_due_on=date(2026, 7, 14),
        opened_at=at_seven(date(2026, 7, 14)),
    )
    clerk = make_user("Ina Weir", role=Role.LEAD, partnership=partnership)
    decision = Decision(
        escalation=escalation,
        outcome=DecisionOutcome.NO_ACTION,
        recorded_by=clerk,
        recorded_at=at_seven(date(2026, 7, 2)),
        by_lead=True,
    )
    db.session.add_all([escalation, decision])
    db.session.flush()
    return {"escalation": escalation.id, "decision": decision.id}
