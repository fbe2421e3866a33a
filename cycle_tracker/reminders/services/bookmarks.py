"""Setting bookmarks back when the days of notices change: by a policy, closure days, or the first day of notices.

A bookmark may be early, never late. So each open milestone gets the earliest day that any policy could give it, in one
statement whatever their number, and the next sweep asks the rules; what lies far ahead waits for its own day.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
    update,
)

from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_OPEN
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.statements import in_literal_ids
from cycle_tracker.models.milestone import Milestone, predecessors
from cycle_tracker.reminders.queries.around import IS_SILENT
from cycle_tracker.reminders.rules.policies import FURTHEST_BEFORE

# So far a step before the day may move back to a working day: closure days are at most some weeks in a row.
LONGEST_CLOSURE = timedelta(days=60)

EARLIEST = FURTHEST_BEFORE + LONGEST_CLOSURE


def ask_again(which: ColumnElement[bool], today: date) -> None:
    """Have the rules asked again of every open milestone that `which` names, none of them too late. What is silent
    stays so."""
    is_report = Milestone.kind == Kind.ANNUAL_REPORT  # the only ones whose first notice is for the day they open
    is_near = or_(Milestone.due_on <= today + EARLIEST, and_(is_report, Milestone.opens_on <= today))
    opens_first = and_(is_report, Milestone.opens_on < _earliest())
    day = case((is_near, literal(today, Date)), (opens_first, Milestone.opens_on), else_=_earliest())
    db.session.execute(
        update(Milestone)
        .where(
            which,
            Milestone.partnership_id.is_not(None),
            Milestone.due_on.is_not(None),
            IS_OPEN,
            ~IS_SILENT,
            or_(Milestone.next_notice_on.is_(None), Milestone.next_notice_on > day),
        )
        .values(next_notice_on=day)
        .execution_options(synchronize_session=False)
    )


def ask_what_follows(milestone_ids: Sequence[int], today: date) -> None:
    """After these have ended, opened again, or got another date: have the rules asked again today of the steps that
    come after them, and of those that serve one of them, whose stages were not opened while it was with the group."""
    after = select(predecessors.c.milestone_id).where(in_literal_ids(predecessors.c.predecessor_id, milestone_ids))
    serve = select(Milestone.id).where(in_literal_ids(Milestone.fact_of_id, milestone_ids))
    ask_again(and_(Milestone.id.in_(union_all(after, serve)), ~IS_DOCUMENT), today)


def _earliest() -> ColumnElement[date]:
    """The earliest day on which anyone may be notified about a milestone, as either database counts days."""
    if db.engine.dialect.name == "sqlite":
        return type_coerce(func.date(Milestone.due_on, f"-{EARLIEST.days} days"), Date)
    return type_coerce(Milestone.due_on - EARLIEST.days, Date)
