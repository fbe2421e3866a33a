"""Dates that are moved, proposed, noted and declined."""

from datetime import date
from typing import Any

from cycle_tracker.core.extensions import db
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import BEGUN, CLERK, GOVERNANCE, LEAD, MILESTONE, OFFICIAL, REPORT, STEP, Cell
from tests.factories import at_seven, make_report, make_user

PROPOSED = "/partnerships/{slug}/milestones/2020-23.proposed-report"
"""A report with a proposal, to be shared, that waits."""
ANOTHER = "/partnerships/{slug}/milestones/2020-23.another-report"
"""Another, for what ends the first."""
AGREED = "/partnerships/{slug}/milestones/2020-23.agreed-report"
"""A report with an agreed explanation that is not shared."""
EXPLAINED = (
    ("version", "2"),
    ("expected_on", "30 9 2026"),
    ("explanation", "The committee met late this year."),
    ("shared", "y"),
)
MOVED = (("version", "2"), ("due_on", "30 9 2026"), ("reason", "The meeting moved."))
EXPECTED, PROPOSED_AT = date(2026, 9, 30), at_seven(date(2026, 7, 1))
NOTES = frozenset({GOVERNANCE, CLERK, OFFICIAL})
LEADS = frozenset({LEAD})

TABLE = [
    Cell(f"{MILESTONE}/date", "GET", f"{STEP}/date", LEADS),
    Cell(f"{MILESTONE}/date", "POST", f"{STEP}/date", LEADS, data=MOVED, optional=("cause",)),
    Cell(f"{MILESTONE}/proposal", "GET", f"{BEGUN}/proposal", LEADS),
    Cell(f"{MILESTONE}/proposal", "POST", f"{BEGUN}/proposal", LEADS, data=EXPLAINED, optional=("cause",)),
    Cell(f"{MILESTONE}/proposal/withdrawal", "GET", f"{PROPOSED}/proposal/withdrawal", LEADS),
    # Only the proposer may, so a lead who is another reads why not.
    Cell(
        f"{MILESTONE}/proposal/withdrawal",
        "POST",
        f"{PROPOSED}/proposal/withdrawal",
        LEADS,
        data=(("version", "2"),),
        gives_a_page=True,
    ),
    Cell(f"{MILESTONE}/proposal/refusal", "GET", f"{ANOTHER}/proposal/refusal", NOTES),
    Cell(f"{MILESTONE}/proposal/note", "GET", f"{PROPOSED}/proposal/note", NOTES),
    Cell(
        f"{MILESTONE}/proposal/note",
        "POST",
        f"{PROPOSED}/proposal/note",
        NOTES,
        data=(("version", "2"), ("shared", "y")),
    ),
    Cell(
        f"{MILESTONE}/proposal/refusal",
        "POST",
        f"{ANOTHER}/proposal/refusal",
        NOTES,
        data=(("version", "2"), ("why", "Too late in the year.")),
    ),
    Cell(f"{MILESTONE}/explanation", "GET", f"{REPORT}/explanation", NOTES),
    Cell(f"{MILESTONE}/explanation", "POST", f"{REPORT}/explanation", NOTES, data=EXPLAINED, optional=("cause",)),
    Cell(f"{MILESTONE}/explanation/sharing", "GET", f"{AGREED}/explanation/sharing", LEADS),
    Cell(f"{MILESTONE}/explanation/sharing", "POST", f"{AGREED}/explanation/sharing", LEADS, data=(("version", "2"),)),
]


def make(partnership: Partnership) -> dict[str, object]:
    """Two older reports, each with a proposal that waits, and one with an explanation that is not shared."""
    for key, year in (("2020-23.proposed-report", 2023), ("2020-23.another-report", 2022)):
        report = make_report(partnership, key=key, year_end=date(year, 3, 31))
        _explain(report, shared=True, proposed_by_id=make_user("Somebody Else").id, proposed_at=PROPOSED_AT)
    agreed = make_report(partnership, key="2020-23.agreed-report", year_end=date(2021, 3, 31))
    _explain(agreed, shared=False, noted_at=PROPOSED_AT)
    agreed.due_on, agreed.expected_date = EXPECTED, True
    db.session.flush()
    return {}


def _explain(report: Milestone, **fields: Any) -> None:
    db.session.add(
        DateChange(
            milestone_id=report.id,
            kind=DateChangeKind.EXPECTED,
            old_due_on=report.due_on,
            new_due_on=EXPECTED,
            reason="The committee met late.",
            **fields,
        )
    )
