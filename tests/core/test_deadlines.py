"""The one meaning of overdue."""

from datetime import date

import pytest

from cycle_tracker.core.deadlines import ALWAYS, DueState, days_past, due_state
from cycle_tracker.core.lifecycle import State

TODAY = date(2026, 7, 1)
BEFORE, AFTER = date(2026, 6, 30), date(2026, 7, 2)


@pytest.mark.parametrize(
    ("due_on", "state", "done_on", "expected"),
    [
        (None, State.NOT_STARTED, None, DueState.NO_DATE),
        (None, State.IN_PROGRESS, None, DueState.NO_DATE),
        (BEFORE, State.NOT_STARTED, None, DueState.OVERDUE),
        (BEFORE, State.IN_PROGRESS, None, DueState.OVERDUE),
        (TODAY, State.NOT_STARTED, None, DueState.DUE_TODAY),
        (AFTER, State.NOT_STARTED, None, DueState.DUE_SOON),
        (date(2026, 7, 15), State.NOT_STARTED, None, DueState.DUE_SOON),
        (date(2026, 7, 16), State.NOT_STARTED, None, DueState.NOT_DUE),
        (BEFORE, State.DONE, BEFORE, DueState.DONE),
        (BEFORE, State.DONE, TODAY, DueState.DONE_LATE),
        (BEFORE, State.DONE, None, DueState.DONE),
        (None, State.DONE, TODAY, DueState.DONE),
        (None, State.DONE, None, DueState.DONE),
        (BEFORE, State.DROPPED, None, DueState.CLOSED),
        (BEFORE, State.NOT_REQUIRED, None, DueState.CLOSED),
        (None, State.DROPPED, None, DueState.CLOSED),
        # a day that was taken back by re-opening counts for nothing
        (BEFORE, State.IN_PROGRESS, BEFORE, DueState.OVERDUE),
    ],
)
def test_where_a_milestone_stands(due_on: date | None, state: State, done_on: date | None, expected: DueState) -> None:
    assert due_state(due_on, state, done_on, TODAY) is expected


@pytest.mark.parametrize(
    ("notify_from", "expected"),
    [
        (None, DueState.BEFORE_SERVICE),
        (ALWAYS, DueState.OVERDUE),
        (date(2026, 6, 29), DueState.OVERDUE),
        (BEFORE, DueState.OVERDUE),
        (TODAY, DueState.BEFORE_SERVICE),
    ],
)
def test_what_fell_due_before_the_partnership_joined_is_nobodys_lateness(
    notify_from: date | None, expected: DueState
) -> None:
    assert due_state(BEFORE, State.NOT_STARTED, None, TODAY, notify_from=notify_from) is expected


def test_what_was_done_late_before_the_partnership_joined_is_still_done_late() -> None:
    assert due_state(BEFORE, State.DONE, TODAY, TODAY, notify_from=TODAY) is DueState.DONE_LATE


def test_days_past_count_from_the_day_and_never_below_nought() -> None:
    assert [days_past(day, TODAY) for day in (None, AFTER, TODAY, BEFORE, date(2026, 5, 1))] == [0, 0, 0, 1, 61]
