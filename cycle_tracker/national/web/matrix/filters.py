"""The period and the state that the matrix is about."""

from collections.abc import Mapping
from datetime import date

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm
from cycle_tracker.web.wording import document_state_label


class MatrixFilters(FilterForm):
    """One plan period, the one that is running where the address names none, and a state."""

    period = ChoiceFilter[Period]("Plan period")
    state = ChoiceFilter[DocumentState]("Filter by status", called="status")

    def __init__(self, arguments: Mapping[str, str], today: date) -> None:
        super().__init__(arguments)
        periods, running = periods_to_choose(today), Period.containing(today)
        self.period.offer(
            {one.name: one for one in periods}, [(one.name, one.label) for one in periods], shown_first=running.name
        )
        self.shown_period = self.period.value or running
        self.period.word = self.shown_period.name
        states = [("", "Any status"), *((state.value, document_state_label(state)) for state in DocumentState)]
        self.state.offer({state.value: state for state in DocumentState}, states)


def periods_to_choose(today: date) -> list[Period]:
    """Every plan period up to the one after the present one, whose plans are being made; the newest first."""
    periods = [Period.containing(today).next()]
    while periods[-1].start > FIRST_START:
        periods.append(Period.starting(periods[-1].start.year - 3))
    return periods
