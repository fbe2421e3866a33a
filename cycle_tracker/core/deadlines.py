"""The one meaning of overdue. In SQL it is spelt in `milestones/queries/due_states.py`, which a test holds to this."""

from datetime import date
from enum import StrEnum

from cycle_tracker.core.lifecycle import OPEN, State

# A date this many days ahead, or nearer, is coming up.
SOON_DAYS = 14
# In place of the day on which a partnership joined, for what belongs to none: all its dates count.
ALWAYS = date.min


class DueState(StrEnum):
    """What the clock makes of a due date."""

    NO_DATE = "no-date"
    NOT_DUE = "not-due"
    DUE_SOON = "due-soon"
    DUE_TODAY = "due-today"
    OVERDUE = "overdue"
    BEFORE_SERVICE = "before-service"
    DONE = "done"
    DONE_LATE = "done-late"
    CLOSED = "closed"


def due_state(
    due_on: date | None,
    state: State,
    done_on: date | None,
    today: date,
    *,
    notify_from: date | None = ALWAYS,
) -> DueState:
    """Where a milestone stands today.

    Done, dropped and not-required milestones are never overdue, nor is one that fell due before its partnership
    joined the service (`notify_from`, None where it has not) and has no entry here. No `due_on` means no date. What is
    done is done late where `done_on` is known to be after `due_on`.
    """
    if state is State.DONE:
        late = due_on is not None and done_on is not None and done_on > due_on
        return DueState.DONE_LATE if late else DueState.DONE
    if state not in OPEN:
        return DueState.CLOSED
    if due_on is None:
        return DueState.NO_DATE
    if is_before_service(due_on, notify_from):
        return DueState.BEFORE_SERVICE
    if is_past(due_on, today):
        return DueState.OVERDUE
    if due_on == today:
        return DueState.DUE_TODAY
    return DueState.DUE_SOON if (due_on - today).days <= SOON_DAYS else DueState.NOT_DUE


def is_past(day: date, today: date) -> bool:
    """True where a day has passed. What is due today has not."""
    return day < today


def is_before_service(due_on: date | None, notify_from: date | None) -> bool:
    """True for what fell due before its partnership joined the service; what fell due on the first day did not. Without
    `notify_from` it has not joined, and all its dates lie before."""
    return due_on is not None and (notify_from is None or due_on < notify_from)


def days_past(day: date | None, today: date) -> int:
    """Whole days from `day` to `today`; 0 where the day is unknown or still to come."""
    return max((today - day).days, 0) if day else 0
