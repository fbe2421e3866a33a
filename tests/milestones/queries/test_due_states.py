"""The twin in SQL says what the rule says, for every state, date and start of the service."""

from datetime import date, timedelta
from itertools import product

from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.deadlines import DueState, due_state
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.milestones.queries.due_states import due_state_expression, is_overdue
from cycle_tracker.models import Milestone
from tests.factories import make_milestone, make_partnership

TODAY = date(2026, 7, 3)
DAYS = (-400, -15, -1, 0, 1, 13, 14, 15, 400)
STARTS = (None, date(2020, 4, 1), TODAY - timedelta(days=15), TODAY - timedelta(days=14), TODAY, date(2030, 4, 1))


def make_table() -> list[Milestone]:
    """One milestone for each combination, and a national one."""
    places = [make_partnership(f"start-{number}", notify_from=start) for number, start in enumerate(STARTS)]
    dates = [None, *(TODAY + timedelta(days=days) for days in DAYS)]
    made = []
    for place, due_on, state in product([*places, None], dates, State):
        done_days = [None, due_on, due_on + timedelta(days=1)] if state is State.DONE and due_on else [None]
        made += [make_milestone(place, due_on=due_on, state=state, done_on=done_on) for done_on in done_days]
    return made


def rule(milestone: Milestone) -> DueState:
    notify_from = milestone.partnership.notify_from if milestone.partnership else None
    return due_state(milestone.due_on, milestone.state, milestone.done_on, TODAY, notify_from=notify_from)


def test_the_expression_gives_the_state_of_the_rule(core_app: Flask) -> None:
    expected = {milestone.id: rule(milestone) for milestone in make_table()}
    found = db.session.execute(select(Milestone.id, due_state_expression(TODAY)).order_by(Milestone.id))
    assert {row[0]: row[1] for row in found} == expected
    assert set(expected.values()) == set(DueState)


def test_overdue_is_what_the_rule_calls_overdue(core_app: Flask) -> None:
    expected = [milestone.id for milestone in make_table() if rule(milestone) is DueState.OVERDUE]
    found = db.session.scalars(select(Milestone.id).where(is_overdue(TODAY)).order_by(Milestone.id))
    assert list(found) == sorted(expected)
