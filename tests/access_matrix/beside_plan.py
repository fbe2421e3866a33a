"""What is recorded beside a plan."""

from datetime import date

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.models.approval import OwnStart
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from tests.access_matrix.cells import LEAD, MILESTONE, OFFICIAL, Cell
from tests.factories import make_milestone, make_user

LATE = "/partnerships/{slug}/milestones/2020-23.late-"
"""The beginning of the keys of plans, one for each form: what one changes the next leaves."""
RECORDERS, OFFICIALS = frozenset({LEAD, OFFICIAL}), frozenset({OFFICIAL})
OWN_START = f"{MILESTONE}/own-start"
STARTS = (("version", "1"), ("starts_on", "1 4 2021"), ("allowed_by", "A law"))
VERSION = (("version", "1"),)
REASON = (("version", "1"), ("reason", "It was a mistake."))

TABLE = [
    Cell(OWN_START, "GET", f"{LATE}1/own-start", RECORDERS),
    Cell(OWN_START, "POST", f"{LATE}1/own-start", RECORDERS, data=STARTS),
    Cell(f"{OWN_START}/agreement", "GET", f"{LATE}2/own-start/agreement", OFFICIALS),
    Cell(f"{OWN_START}/agreement", "POST", f"{LATE}2/own-start/agreement", OFFICIALS, data=VERSION),
    Cell(f"{OWN_START}/taking-back", "GET", f"{LATE}3/own-start/taking-back", RECORDERS),
    Cell(f"{OWN_START}/taking-back", "POST", f"{LATE}3/own-start/taking-back", RECORDERS, data=REASON),
]


def make(partnership: Partnership) -> dict[str, object]:
    """A plan beside which nothing is recorded, and two with their own starts."""
    recorder = make_user(f"Recorder beside plans of {partnership.name}")
    _plan(partnership, 1)
    for number in (2, 3):
        plan = _plan(partnership, number)
        db.session.add(
            OwnStart(
                milestone_id=plan.id,
                starts_on=date(2021, 4, 1),
                allowed_by="A law",
                recorded_by_id=recorder.id,
                recorded_at=now(),
            )
        )
    db.session.flush()
    return {}


def _plan(partnership: Partnership, number: int) -> Milestone:
    return make_milestone(partnership, key=f"2020-23.late-{number}", kind=Kind.PLAN, due_on=date(2020, 4, 1))
