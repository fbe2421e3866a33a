"""From the rows of a meeting to its decisions, all of them or none."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.governance.services.decisions import (
    Made,
    ask_for_next_steps,
    decide_new_date,
    refer_on,
    take_no_action,
)
from cycle_tracker.governance.web.meetings.forms import RowForm
from cycle_tracker.models.decision import DecisionOutcome
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.user import User

SEE_ROWS = "Nothing is saved yet. See what is wrong beside the decisions."


def record_all(
    rows: Iterable[tuple[Escalation, RowForm]], made: Made, *, shared: bool, by: User, today: date, now: datetime
) -> int:
    """Make the decision of each row that has one. Returns how many there were.

    Raises RuleBroken where a rule refuses one, with its words beside that row, and ChangedMeanwhile where somebody else
    changed what one is about.
    """
    recorded = 0
    for escalation, row in rows:
        if row.chosen is None:
            continue
        try:
            row.ensure_current(escalation.milestone)
            _record(escalation, row, row.chosen, made, shared=shared, by=by, today=today, now=now)
        except ChangedMeanwhile:
            raise ChangedMeanwhile(
                f"“{escalation.milestone.title}” was changed while you had this page open. Check it, then send again."
            ) from None
        except RuleBroken as rule:
            row.show(rule)
            raise RuleBroken(SEE_ROWS) from rule
        recorded += 1
    if not recorded:
        raise RuleBroken("Choose a decision for at least one of these.")
    return recorded


def _record(
    escalation: Escalation,
    row: RowForm,
    outcome: DecisionOutcome,
    made: Made,
    *,
    shared: bool,
    by: User,
    today: date,
    now: datetime,
) -> None:
    if outcome is DecisionOutcome.NEW_DATE:
        decide_new_date(escalation, row.on.chosen, row.why.data, shared=shared, by=by, today=today, now=now, made=made)
    elif outcome is DecisionOutcome.NEXT_STEPS:
        ask_for_next_steps(
            escalation, row.what.data, owner=None, due_on=row.on.chosen, by=by, today=today, now=now, made=made
        )
    elif outcome is DecisionOutcome.REFER_ON:
        refer_on(escalation, row.what.data, row.why.data, by=by, today=today, now=now, made=made)
    else:
        take_no_action(escalation, row.why.data, by=by, today=today, now=now, made=made)


def one_of_each_milestone(escalations: Sequence[Escalation]) -> list[Escalation]:
    """The first of each milestone: a decision answers all of its escalations."""
    return list({one.milestone_id: one for one in reversed(escalations)}.values())[::-1]
