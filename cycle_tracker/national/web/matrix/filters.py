"""The period and the state that the matrix is about, as they stand in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.web.wording import document_state_label


@dataclass(frozen=True)
class MatrixFilters:
    """What is asked for. `ignored` names what is not known, in words."""

    period: Period
    state: DocumentState | None = None
    ignored: tuple[str, ...] = ()

    def in_address(self, **changed: str) -> dict[str, Any]:
        """The filters as they stand in an address, some of them changed; what says nothing is left out."""
        words = {"period": self.period.name, "state": self.state.value if self.state else "", **changed}
        return {name: value for name, value in words.items() if value}


class FilterForm(FlaskForm):
    """The filters to choose from."""

    class Meta:
        csrf = False

    period = SelectField("Plan period")
    state = SelectField("Filter by status")


def read_filters(arguments: Mapping[str, str], today: date) -> MatrixFilters:
    """The filters of an address; the period that is running where it names none."""
    periods = {period.name: period for period in periods_to_choose(today)}
    states = {state.value: state for state in DocumentState}
    period, state = arguments.get("period", "").strip(), arguments.get("state", "").strip()
    ignored = [
        label
        for label, asked, known in (("plan period", period, set(periods)), ("status", state, set(states)))
        if asked and asked not in known
    ]
    return MatrixFilters(periods.get(period, Period.containing(today)), states.get(state), tuple(ignored))


def filter_form(filters: MatrixFilters, today: date) -> FilterForm:
    """The form that shows these filters."""
    form = FilterForm(formdata=None, data=filters.in_address())
    form.period.choices = [(period.name, period.label) for period in periods_to_choose(today)]
    form.state.choices = [("", "Any status"), *((state.value, document_state_label(state)) for state in DocumentState)]
    return form


def periods_to_choose(today: date) -> list[Period]:
    """Every plan period up to the one after the present one, whose plans are being made; the newest first."""
    periods = [Period.containing(today).next()]
    while periods[-1].start > FIRST_START:
        periods.append(Period.starting(periods[-1].start.year - 3))
    return periods
