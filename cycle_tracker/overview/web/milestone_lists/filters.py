"""The filters of a partnership's list, as they stand in the address: no more of them than the person may see of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField

from cycle_tracker.core.kinds import DOCUMENTS, Kind, Stage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models import Cycle
from cycle_tracker.overview.rules.listing import NOBODY, Asked, Order, Standing
from cycle_tracker.web.forms import LineField
from cycle_tracker.web.list_filters import Reading
from cycle_tracker.web.wording import kind_label, stage_label

NARROWING = ("cycle", "stage", "kind", "state", "owner", "due_from", "due_to", "overdue", "text")
STANDINGS = {
    Detail.EVERYTHING: tuple(Standing),
    Detail.DOCUMENT: (Standing.OPEN, Standing.DONE, Standing.NOT_REQUIRED),
    Detail.DATES: (),
}
"""Whether work on a document has begun is the partnership's own."""
ALL = "all"
"""The state in an address that leaves nothing out: without one, a list is of what is open."""
ORDERS = {
    Detail.EVERYTHING: (Order.DUE, Order.LATEST, Order.TITLE, Order.OWNER),
    Detail.DOCUMENT: (Order.DUE, Order.LATEST, Order.TITLE),
    Detail.DATES: (Order.DUE, Order.LATEST, Order.TITLE),
}


@dataclass(frozen=True)
class Offered:
    """What can be chosen from: the partnership's cycles, and everybody who owns something there."""

    detail: Detail
    cycles: Sequence[Cycle]
    owners: Sequence[tuple[str, str]] = ()

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of what the person sees."""
        if self.detail is Detail.DATES:
            return ()
        return tuple(kind for kind in Kind if self.detail is Detail.EVERYTHING or kind in DOCUMENTS)


@dataclass(frozen=True)
class Filters:
    """What is asked for, and how it reads in an address."""

    asked: Asked
    order: Order
    words: Mapping[str, str]
    typed: Mapping[str, Any]
    errors: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()

    def in_address(self, **changed: str) -> dict[str, Any]:
        """The filters as they stand in an address, some of them changed; what says nothing is left out."""
        words = {**self.words, **changed}
        return {name: value for name, value in words.items() if value}

    @property
    def open_only(self) -> bool:
        """True where what is done or closed is left out."""
        return self.asked.standing is Standing.OPEN

    @property
    def narrows(self) -> bool:
        """True where something is left out of the list."""
        return any(self.words.get(name, ALL) != ALL for name in NARROWING)


class FilterForm(FlaskForm):
    """The filters to choose from."""

    class Meta:
        csrf = False

    text = LineField("Title contains")
    cycle = SelectField("Plan period")
    stage = SelectField("Stage")
    kind = SelectField("Kind")
    state = SelectField("Status")
    owner = SelectField("Owner")
    due_from = LineField("Due on or after")
    due_to = LineField("Due on or before")
    overdue = BooleanField("Overdue only")


def read_filters(arguments: Mapping[str, str], offered: Offered) -> Filters:
    """The filters of an address."""
    reading = Reading(arguments)
    first, last = reading.days("due_from", "due_to")
    asked = Asked(
        period=reading.choice("cycle", "plan period", {one.period.name: one.period for one in offered.cycles}),
        stage=reading.choice("stage", "stage", {stage.value: stage for stage in Stage}),
        kind=reading.choice("kind", "kind", {kind.value: kind for kind in offered.kinds}),
        standing=_standing(reading, offered.detail),
        owner=reading.choice("owner", "owner", _owner_values(offered)),
        due_from=first,
        due_to=last,
        overdue=offered.detail is not Detail.DATES and reading.flag("overdue"),
        text=reading.text("text"),
    )
    order = reading.choice("sort", "order", {one.value: one for one in ORDERS[offered.detail]})
    return Filters(
        asked=asked,
        order=order or Order.DUE,
        words=reading.words,
        typed=reading.typed,
        errors=reading.errors,
        ignored=reading.ignored,
    )


def filter_form(filters: Filters, offered: Offered) -> FilterForm:
    """The form that shows these filters, without those that the person has no use for."""
    form = FilterForm(formdata=None, data=dict(filters.typed))
    form.cycle.choices = _with_all("All periods", ((one.period.name, one.period.label) for one in offered.cycles))
    form.stage.choices = _with_all("All stages", ((stage.value, stage_label(stage)) for stage in Stage))
    form.kind.choices = _with_all("All kinds", ((kind.value, kind_label(kind)) for kind in offered.kinds))
    form.state.choices = [
        *(("" if one is Standing.OPEN else one.value, one.label) for one in STANDINGS[offered.detail]),
        (ALL, "All statuses"),
    ]
    form.owner.choices = _with_all("All owners", [("nobody", "No owner"), *offered.owners])
    if offered.detail is not Detail.EVERYTHING:
        del form.owner
    if offered.detail is Detail.DATES:
        del form.kind, form.state, form.overdue
    for name, message in filters.errors.items():
        form[name].errors = [message]
    return form


def _standing(reading: Reading, detail: Detail) -> Standing | None:
    """What is open, unless another state or all of them are asked for. Who sees no states sees no list of some."""
    offered: dict[str, Standing | None] = {one.value: one for one in STANDINGS[detail]}
    if not offered:
        reading.choice("state", "status", {ALL: None})
        return None
    reading.choice("state", "status", offered | {ALL: None})
    return offered.get(reading.words.get("state", Standing.OPEN.value))


def _owner_values(offered: Offered) -> dict[str, int]:
    if offered.detail is not Detail.EVERYTHING:
        return {}
    return {"nobody": NOBODY} | {value: int(value) for value, _name in offered.owners}


def _with_all(words: str, choices: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", words), *choices]
