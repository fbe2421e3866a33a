"""The period and the state that the matrix is about."""

from collections.abc import Mapping
from datetime import date

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, FlagFilter
from cycle_tracker.web.wording import document_state_label

STATES = {state.value: state for state in DocumentState}
STATE_CHOICES = [("", "Any status"), *((state.value, document_state_label(state)) for state in DocumentState)]


class MatrixFilters(FilterForm):
    """One plan period, the one that is running where the address names none, and a state. `totals` asks for the totals
    where there are more partnerships than one page shows: counting the documents of all takes longer than the page."""

    period = ChoiceFilter[Period]("Plan period")
    state = ChoiceFilter[DocumentState]("Filter by status", called="status")
    totals = FlagFilter("Totals by status")

    def __init__(self, arguments: Mapping[str, str], today: date) -> None:
        super().__init__(arguments)
        running = Period.containing(today)
        periods = periods_to_choose(running)
        self.period.offer(
            {one.name: one for one in periods}, [(one.name, one.label) for one in periods], shown_first=running.name
        )
        self.shown_period = self.period.value or running
        self.period.word = self.shown_period.name
        self.state.offer(STATES, STATE_CHOICES)


def periods_to_choose(running: Period) -> list[Period]:
    """Every plan period up to the one after the present one, whose plans are being made; the newest first."""
    periods = [running.next()]
    while periods[-1].start > FIRST_START:
        periods.append(Period.starting(periods[-1].start.year - 3))
    return periods
