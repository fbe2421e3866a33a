"""What SQL says of a due date is what the rule says, for every state, date and start of the service."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, Date, Select, bindparam, select

from cycle_tracker.core import deadlines
from cycle_tracker.core.deadlines import SOON_DAYS, DueState, due_state
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.milestones.queries.due_states import (
    is_before_service,
    is_due_by,
    is_due_on,
    is_live,
    is_overdue,
    is_past,
)
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.overview.queries.milestone_list_statements import is_when
from cycle_tracker.overview.rules.listing import DATE_GROUPS, DateGroup
from tests.factories import LONG_AGO, make_milestone, make_partnership
from tests.support.selection import examples

TODAY = date(2026, 7, 3)
DAY = timedelta(days=1)
DAYS = (-400, -15, -1, 0, 1, 13, 14, 15, 400)
STARTS = (None, date(2020, 4, 1), TODAY - timedelta(days=15), TODAY - timedelta(days=14), TODAY, date(2030, 4, 1))

near = st.none() | st.integers(-16, 16).map(lambda days: TODAY + DAY * days)
rows = st.tuples(near, near, st.sampled_from(list(State)), near)
"""The first day of a partnership; due date, state and day done of its milestone."""


def make_table() -> list[Milestone]:
    """One milestone for each combination, and a national one."""
    places = [make_partnership(f"start-{number}", notify_from=start) for number, start in enumerate(STARTS)]
    dates = [None, *(TODAY + timedelta(days=days) for days in DAYS)]
    made: list[Milestone] = []
    for place, due_on, state in product([*places, None], dates, State):
        done_days = [None, due_on, due_on + timedelta(days=1)] if state is State.DONE and due_on else [None]
        made += [
            bare(place, due_on, state, done_on, key=f"{len(made)}-{number}") for number, done_on in enumerate(done_days)
        ]
    return stored(made)


def bare(
    place: Partnership | None, due_on: date | None, state: State, done_on: date | None, *, key: str = "any"
) -> Milestone:
    """A milestone about which nobody is told anything: that takes longer than all that is asked here."""
    return Milestone(
        partnership=place,
        key=key,
        kind=Kind.STEP,
        title="Any",
        duty_basis=Basis.LOCAL,
        date_basis=Basis.LOCAL,
        state=state,
        due_on=due_on,
        done_on=done_on,
        entered_on=LONG_AGO,
    )


def stored(made: list[Milestone]) -> list[Milestone]:
    db.session.add_all(made)
    db.session.flush()
    return made


def notify_from(milestone: Milestone) -> date | None:
    return milestone.partnership.notify_from if milestone.partnership else None


def rule(milestone: Milestone, today: date = TODAY) -> DueState:
    return due_state(milestone.due_on, milestone.state, milestone.done_on, today, notify_from=notify_from(milestone))


def joined(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(Milestone).outerjoin(Milestone.partnership)


def found(condition: ColumnElement[bool]) -> set[int]:
    return set(db.session.scalars(joined(Milestone.id).where(condition)))


def of(made: Iterable[Milestone], predicate: Callable[[Milestone], bool]) -> set[int]:
    return {milestone.id for milestone in made if predicate(milestone)}


def groups_found(today: Any = TODAY, due_on: Any = None) -> dict[int, list[DateGroup]]:
    """Of each milestone the groups of a list that it is found in, by the conditions of the lists themselves."""
    day = Milestone.due_on.expression if due_on is None else due_on
    columns = [is_when(when, day).label(when.name) for when in DateGroup]
    rows = db.session.execute(joined(Milestone.id, *columns), {"today": today})
    return {row[0]: [when for when, holds in zip(DateGroup, row[1:], strict=True) if holds] for row in rows}


def groups_of_the_rule(made: Iterable[Milestone], today: date = TODAY) -> dict[int, list[DateGroup]]:
    return {milestone.id: [DATE_GROUPS[rule(milestone, today)]] for milestone in made}


def before_service(milestone: Milestone) -> bool:
    return deadlines.is_before_service(milestone.due_on, notify_from(milestone))


def test_a_list_puts_each_milestone_into_the_one_group_of_its_due_state(core_app: Flask) -> None:
    made = make_table()
    assert groups_found() == groups_of_the_rule(made)
    assert {rule(milestone) for milestone in made} == set(DueState)


def test_each_predicate_finds_what_the_rule_does(core_app: Flask) -> None:
    hold_each_to_the_rule(make_table())


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, min_size=1, max_size=8))
def test_both_give_the_same_answer_of_any_rows(
    core_app: Flask, wanted: list[tuple[date | None, date | None, State, date | None]]
) -> None:
    made: list[Milestone] = []
    for number, (start, due_on, state, done_on) in enumerate(wanted):
        place = make_partnership(f"start-{number}", notify_from=start)
        made.append(bare(place, due_on, state, done_on))
    stored(made)
    assert groups_found() == groups_of_the_rule(made)
    hold_each_to_the_rule(made)
    db.session.rollback()


def hold_each_to_the_rule(made: Sequence[Milestone]) -> None:
    """In one statement, for the sake of time."""
    first_day = TODAY - 3 * DAY
    conditions: list[tuple[ColumnElement[bool], Callable[[Milestone], bool]]] = [
        (is_overdue(TODAY), lambda one: rule(one) is DueState.OVERDUE),
        (is_before_service(), before_service),
        (~is_before_service(), lambda one: not before_service(one)),
        (is_before_service(notify_from=first_day), lambda one: deadlines.is_before_service(one.due_on, first_day)),
        (~is_before_service(notify_from=first_day), lambda one: one.due_on is None or one.due_on >= first_day),
        (is_live(), lambda one: one.state in OPEN and not before_service(one)),
        (is_past(Milestone.due_on, TODAY), lambda one: has_passed(one.due_on)),
        (~is_past(Milestone.due_on, TODAY), lambda one: not has_passed(one.due_on)),
        (is_past(Milestone.done_on, TODAY), lambda one: has_passed(one.done_on)),
        (is_live() & is_due_on(TODAY), lambda one: rule(one) is DueState.DUE_TODAY),
        (
            is_live() & is_due_by(TODAY + SOON_DAYS * DAY) & ~is_due_by(TODAY),
            lambda one: rule(one) is DueState.DUE_SOON,
        ),
        (is_due_by(TODAY), lambda one: one.due_on is not None and one.due_on <= TODAY),
    ]
    columns = [condition.label(f"condition_{number}") for number, (condition, _) in enumerate(conditions)]
    rows = {row[0]: [bool(one) for one in row[1:]] for row in db.session.execute(joined(Milestone.id, *columns))}
    assert rows == {one.id: [expected(one) for _, expected in conditions] for one in made}


def has_passed(day: date | None) -> bool:
    return day is not None and deadlines.is_past(day, TODAY)


def test_a_date_that_the_reader_may_not_know_is_left_out_of_each(core_app: Flask) -> None:
    """Officials see the guidance date where a new one was not shared: the predicates ask for the one they are given."""
    moray = make_partnership("moray", notify_from=TODAY - 10 * DAY)
    late = make_milestone(moray, due_on=TODAY + DAY, target_on=TODAY - DAY)
    early = make_milestone(moray, due_on=TODAY - DAY, target_on=TODAY + DAY)
    before = make_milestone(moray, due_on=TODAY, target_on=TODAY - 11 * DAY)
    target = Milestone.target_on.expression
    assert found(is_overdue(TODAY, target)) == {late.id}
    assert found(is_overdue(TODAY)) == {early.id}
    assert found(is_before_service(target)) == {before.id}
    assert found(~is_live(target)) == {before.id}
    assert found(is_due_on(TODAY + DAY, target)) == {early.id}
    assert found(is_due_on(TODAY - DAY, target)) == {late.id}
    assert found(is_due_by(TODAY - DAY, target)) == {late.id, before.id}
    far = TODAY + 400 * DAY
    on_the_day = make_milestone(moray, due_on=far, target_on=TODAY)
    soon = make_milestone(moray, due_on=far, target_on=TODAY + SOON_DAYS * DAY)
    assert groups_found(TODAY, target) == {
        late.id: [DateGroup.PAST],
        early.id: [DateGroup.COMING],
        before.id: [DateGroup.BEFORE_SERVICE],
        on_the_day.id: [DateGroup.TODAY],
        soon.id: [DateGroup.COMING],
    }


def test_a_statement_that_is_built_once_is_given_its_day_when_it_runs(core_app: Flask) -> None:
    made, today = make_table(), bindparam("today", type_=Date)
    late = select(Milestone.id).outerjoin(Milestone.partnership).where(is_overdue(today))
    for day in (TODAY - DAY, TODAY, TODAY + DAY):
        expected = of(made, lambda one, day=day: rule(one, day) is DueState.OVERDUE)  # type: ignore[misc]
        assert set(db.session.scalars(late, {"today": day})) == expected
        assert groups_found(day) == groups_of_the_rule(made, day)
