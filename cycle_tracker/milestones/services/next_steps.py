"""Next steps that a governance group asks for: milestones of their own, with an owner and a date."""

from datetime import date, datetime

from sqlalchemy import func, select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.deadlines import is_past
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.milestones.services.milestones import LATEST_DUE
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.reminders.services.assignments import notify_new_owner
from cycle_tracker.reminders.services.notices import start_notices

LONGEST_TITLE = 300
# So much of the parent's key leads that of a next step, which has room for 80 letters.
LONGEST_PARENT_KEY = 60
ASKED_FOR = "Asked for by the governance group"


def add_next_step(
    parent: Milestone, title: str, *, owner: User | None, due_on: date, by: User, today: date, now: datetime
) -> Milestone:
    """A sub-task of the milestone that was escalated. Its notices start by the ordinary rules, and its owner is told.

    Raises RuleBroken, beside the fields of the decision, for a day that has passed and for an owner who may own
    nothing in the partnership.
    """
    if not title.strip():
        raise RuleBroken("Enter the next step.", field="next_title")
    if is_past(due_on, today):
        raise RuleBroken("The due date must be today or in the future.", field="next_due_on")
    if due_on >= LATEST_DUE:
        raise RuleBroken(f"The date must be before {LATEST_DUE.year}.", field="next_due_on")
    if parent.partnership_id is None:
        raise RuleBroken("This is a national milestone, so you cannot ask for next steps.")
    if owner is not None and owner.id not in {person.id for person in list_owners(parent.partnership_id, today)}:
        raise RuleBroken(f"{owner.name} does not have a role that lets them own this.", field="next_owner")
    step = Milestone(
        partnership=parent.partnership,
        partnership_id=parent.partnership_id,
        cycle=parent.cycle,
        parent_id=parent.id,
        key=_free_key(parent),
        kind=Kind.SUB_TASK,
        stage=parent.stage,
        title=title.strip(),
        duty_basis=Basis.LOCAL,
        duty_citation=ASKED_FOR,
        date_basis=Basis.LOCAL,
        date_citation=ASKED_FOR,
        due_on=due_on,
        expected_date=False,
        state=State.NOT_STARTED,
        owner=owner,
        entered_on=today,
    )
    db.session.add(step)
    start_notices(step)
    db.session.flush()
    audit.record_milestone(step, "added", by=by, at=now, after={"title": step.title, "due_on": due_on})
    notify_new_owner(step, by=by, today=today, now=now)
    return step


def _free_key(parent: Milestone) -> str:
    """The next free key below the parent's: `2023-26.annual-report-3.next-step-1`."""
    stem = f"{parent.key[:LONGEST_PARENT_KEY]}.next-step-"
    taken = set(
        db.session.scalars(
            select(Milestone.key).where(
                Milestone.partnership_id == parent.partnership_id, func.substr(Milestone.key, 1, len(stem)) == stem
            )
        )
    )
    return next(f"{stem}{number}" for number in range(1, len(taken) + 2) if f"{stem}{number}" not in taken)
