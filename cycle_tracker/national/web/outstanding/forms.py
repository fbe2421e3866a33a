"""The filters of the list, as they stand in the address. What is unknown is left out, and said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from wtforms import SelectField

from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import FIRST_START, Period
from cycle_tracker.models import Partnership
from cycle_tracker.web.wording import document_state_label, kind_label

Value = TypeVar("Value")

KINDS = (Kind.PLAN, Kind.ANNUAL_REPORT)

STATES = (
    DocumentState.OUTSTANDING,
    DocumentState.EXPLAINED,
    DocumentState.PAST_GUIDANCE_DATE,
    DocumentState.PUBLISHED_NOT_NOTIFIED,
    DocumentState.NO_RECORD,
    DocumentState.NOT_REQUIRED,
)
"""The states that a document on the list can be in, in the order in which they need somebody."""


class Sort(StrEnum):
    """What the list can be sorted by."""

    DAYS = "days"
    PARTNERSHIP = "partnership"


@dataclass(frozen=True)
class Filters:
    """What is asked for. `ignored` names what was asked for and is not known, in words."""

    partnership: str = ""
    kind: Kind | None = None
    period: Period | None = None
    state: DocumentState | None = None
    sort: Sort = Sort.DAYS
    ignored: tuple[str, ...] = ()

    def in_address(self, **changed: str) -> dict[str, Any]:
        """The filters as they stand in an address, some of them changed; what says nothing is left out."""
        words = {
            "partnership": self.partnership,
            "kind": self.kind.value if self.kind else "",
            "period": self.period.name if self.period else "",
            "state": self.state.value if self.state else "",
            "sort": self.sort.value if self.sort is not Sort.DAYS else "",
            **changed,
        }
        return {name: value for name, value in words.items() if value}

    @property
    def narrows(self) -> bool:
        """True where something is left out of the list."""
        return any((self.partnership, self.kind, self.period, self.state))


class FilterForm(FlaskForm):
    """The filters to choose from."""

    class Meta:
        csrf = False

    partnership = SelectField("Partnership")
    kind = SelectField("Plan or report")
    period = SelectField("Plan period")
    state = SelectField("Status")


def read_filters(arguments: Mapping[str, str], partnerships: Sequence[Partnership], today: date) -> Filters:
    """The filters of an address."""
    ignored: list[str] = []

    def chosen(name: str, label: str, known: Mapping[str, Value]) -> Value | None:
        asked = arguments.get(name, "").strip()
        if asked and asked not in known:
            ignored.append(label)
        return known.get(asked)

    return Filters(
        partnership=chosen("partnership", "partnership", {one.slug: one.slug for one in partnerships}) or "",
        kind=chosen("kind", "kind of document", {kind.value: kind for kind in KINDS}),
        period=chosen("period", "plan period", {period.name: period for period in periods_until(today)}),
        state=chosen("state", "status", {state.value: state for state in STATES}),
        sort=chosen("sort", "order", {sort.value: sort for sort in Sort}) or Sort.DAYS,
        ignored=tuple(ignored),
    )


def filter_form(filters: Filters, partnerships: Sequence[Partnership], today: date) -> FilterForm:
    """The form that shows these filters."""
    form = FilterForm(formdata=None, data=filters.in_address())
    form.partnership.choices = [("", "All partnerships"), *((one.slug, one.name) for one in partnerships)]
    form.kind.choices = [("", "Plans and reports"), *((kind.value, kind_label(kind)) for kind in KINDS)]
    form.period.choices = [("", "All periods"), *((one.name, one.label) for one in periods_until(today))]
    form.state.choices = [("", "All statuses"), *((state.value, document_state_label(state)) for state in STATES)]
    return form


def periods_until(today: date) -> list[Period]:
    """Every plan period that has begun, the newest first."""
    periods = [Period(FIRST_START)]
    while periods[0].next().start <= today:
        periods.insert(0, periods[0].next())
    return periods
