"""The filters of a person's own list, as they stand in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Kind
from cycle_tracker.overview.rules.listing import Asked, Order, Standing, When
from cycle_tracker.partnerships.queries.partnerships import PartnershipName
from cycle_tracker.web.forms import LineField
from cycle_tracker.web.list_filters import Reading
from cycle_tracker.web.wording import kind_label

EVERYTHING = "everything"
NARROWING = ("partnership", "kind", "state", "when", "text")
ORDERS = {Order.DUE: "Date", Order.PARTNERSHIP: "Partnership", Order.TITLE: "Title"}
STANDINGS = tuple(Standing)
WHENS = (When.PAST, When.TODAY, When.COMING, When.NO_DATE, When.BEFORE_SERVICE)


@dataclass(frozen=True)
class Offered:
    """What can be chosen from: the person's partnerships, and whether they lead any."""

    partnerships: Sequence[PartnershipName]
    leads: bool

    @classmethod
    def to(cls, viewer: Viewer, partnerships: Sequence[PartnershipName]) -> "Offered":
        """What this person can choose from."""
        return cls(partnerships, viewer.can(Permission.CHANGE_MILESTONES))


@dataclass(frozen=True)
class Filters:
    """What is asked for, and how it reads in an address. `everything` adds what others own where the person leads."""

    asked: Asked
    order: Order
    everything: bool
    words: Mapping[str, str]
    typed: Mapping[str, Any]
    errors: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()

    def in_address(self, **changed: str) -> dict[str, Any]:
        """The filters as they stand in an address, some of them changed; what says nothing is left out."""
        words = {**self.words, **changed}
        return {name: value for name, value in words.items() if value}

    @property
    def narrows(self) -> bool:
        """True where something is left out of the list."""
        return any(name in self.words for name in NARROWING)


class FilterForm(FlaskForm):
    """The filters to choose from."""

    class Meta:
        csrf = False

    text = LineField("Title contains")
    partnership = SelectField("Partnership")
    when = SelectField("When")
    kind = SelectField("Kind")
    state = SelectField("Status")
    whose = SelectField("Show")
    sort = SelectField("Sort by")


def read_filters(arguments: Mapping[str, str], offered: Offered) -> Filters:
    """The filters of an address. Without a state the list is of what is open."""
    reading = Reading(arguments)
    standing = reading.choice("state", "status", {one.value: one for one in STANDINGS})
    asked = Asked(
        partnership=reading.choice("partnership", "partnership", {one.slug: one.slug for one in offered.partnerships})
        or "",
        kind=reading.choice("kind", "kind", {kind.value: kind for kind in Kind}),
        standing=standing or Standing.OPEN,
        when=reading.choice("when", "time", {when.value: when for when in WHENS}),
        text=reading.text("text"),
    )
    whose = reading.choice("whose", "owner", {EVERYTHING: True} if offered.leads else {})
    order = reading.choice("sort", "order", {order.value: order for order in ORDERS})
    return Filters(
        asked=asked,
        order=order or Order.DUE,
        everything=bool(whose),
        words=reading.words,
        typed=reading.typed,
        errors=reading.errors,
        ignored=reading.ignored,
    )


def filter_form(filters: Filters, offered: Offered) -> FilterForm:
    """The form that shows these filters."""
    form = FilterForm(formdata=None, data=dict(filters.typed))
    form.partnership.choices = [("", "All my partnerships"), *((one.slug, one.name) for one in offered.partnerships)]
    form.kind.choices = [("", "All kinds"), *((kind.value, kind_label(kind)) for kind in Kind)]
    form.when.choices = [("", "Any time"), *((when.value, when.label) for when in WHENS)]
    form.state.choices = [("", "Open"), *((one.value, one.label) for one in STANDINGS if one is not Standing.OPEN)]
    form.whose.choices = [("", "Milestones I own"), (EVERYTHING, "Everything I own or lead")]
    form.sort.choices = [("" if order is Order.DUE else order.value, label) for order, label in ORDERS.items()]
    if not offered.leads:
        del form.whose
    if len(offered.partnerships) < 2:
        del form.partnership
    for name, message in filters.errors.items():
        form[name].errors = [message]
    return form
