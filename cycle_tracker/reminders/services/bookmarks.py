"""Setting bookmarks back when the days of notices change: by a policy, closure days, or the first day of notices.

A bookmark may be early, never late. So each open milestone gets the earliest day that any policy could give it, in one
statement whatever their number, and the next sweep asks the rules; what lies far ahead waits for its own day.
"""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, case, func, literal, or_, type_coerce, update

from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.core.extensions import db
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.reminders.rules.policies import FURTHEST_BEFORE

# So far a step before the day may move back to a working day: closure days are at most some weeks in a row.
LONGEST_CLOSURE = timedelta(days=60)

EARLIEST = FURTHEST_BEFORE + LONGEST_CLOSURE


def ask_again(which: ColumnElement[bool], today: date) -> None:
    """Have the rules asked again of every open milestone that `which` names, none of them too late."""
    day = case((Milestone.due_on <= today + EARLIEST, literal(today, Date)), else_=_earliest())
    db.session.execute(
        update(Milestone)
        .where(
            which,
            Milestone.partnership_id.is_not(None),
            Milestone.due_on.is_not(None),
            IS_OPEN,
            or_(Milestone.next_notice_on.is_(None), Milestone.next_notice_on > day),
        )
        .values(next_notice_on=day)
        .execution_options(synchronize_session=False)
    )


def _earliest() -> ColumnElement[date]:
    """The earliest day on which anyone may be notified about a milestone, as either database counts days."""
    if db.engine.dialect.name == "sqlite":
        return type_coerce(func.date(Milestone.due_on, f"-{EARLIEST.days} days"), Date)
    return type_coerce(Milestone.due_on - EARLIEST.days, Date)
