"""The twin in SQL of `core.deadlines.due_state`, which a test holds it to. For statements on Milestone."""

from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, literal

from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.deadlines import SOON_DAYS, DueState
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.models import Milestone, Partnership


def due_state_expression(today: date) -> ColumnElement[str]:
    """The word of the due state of each milestone today, as a column."""
    return case(
        (
            Milestone.state == State.DONE,
            case((Milestone.done_on > Milestone.due_on, _word(DueState.DONE_LATE)), else_=_word(DueState.DONE)),
        ),
        (Milestone.state.not_in(OPEN), _word(DueState.CLOSED)),
        (Milestone.due_on.is_(None), _word(DueState.NO_DATE)),
        (_before_service(), _word(DueState.BEFORE_SERVICE)),
        (Milestone.due_on < today, _word(DueState.OVERDUE)),
        (Milestone.due_on == today, _word(DueState.DUE_TODAY)),
        (Milestone.due_on <= today + SOON_DAYS * DAY, _word(DueState.DUE_SOON)),
        else_=_word(DueState.NOT_DUE),
    )


def is_overdue(today: date) -> ColumnElement[bool]:
    """True for each milestone that is overdue today."""
    return and_(Milestone.state.in_(OPEN), Milestone.due_on < today, ~_before_service())


def _before_service() -> ColumnElement[bool]:
    """True where it fell due before its partnership joined."""
    return (
        exists()
        .where(Partnership.id == Milestone.partnership_id, Partnership.notify_from > Milestone.due_on)
        .correlate(Milestone)
    )


def _word(state: DueState) -> ColumnElement[str]:
    return literal(state.value)
