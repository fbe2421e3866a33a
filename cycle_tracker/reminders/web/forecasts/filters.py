"""The filters of the forecast, as they stand in its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField

from cycle_tracker.models import Partnership
from cycle_tracker.web.forms import LineField
from cycle_tracker.web.list_filters import Reading

SPANS = {"7": 7, "30": 30, "90": 90}
DEFAULT_SPAN = 30


@dataclass(frozen=True)
class Filters:
    """What is asked for. `person` is a part of a name or address; `ignored` names what is not known."""

    partnership: Partnership | None = None
    person: str = ""
    days: int = DEFAULT_SPAN
    words: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    partnerships: Sequence[Partnership] = ()

    def in_address(self, **changed: str) -> dict[str, Any]:
        """The filters as they stand in an address, some of them changed."""
        return {name: value for name, value in {**self.words, **changed}.items() if value}


class FilterForm(FlaskForm):
    """The filters to choose from."""

    class Meta:
        csrf = False

    partnership = SelectField("Partnership")
    person = LineField("Name or email address")
    days = SelectField("Period")


def read_filters(arguments: Mapping[str, str], partnerships: Sequence[Partnership]) -> Filters:
    """The filters of an address."""
    reading = Reading(arguments)
    return Filters(
        partnership=reading.choice("partnership", "partnership", {one.slug: one for one in partnerships}),
        person=reading.text("person"),
        days=reading.choice("days", "period", SPANS) or DEFAULT_SPAN,
        words=reading.words,
        typed=reading.typed,
        errors=reading.errors,
        ignored=tuple(reading.ignored),
        partnerships=partnerships,
    )


def filter_form(filters: Filters) -> FilterForm:
    """The form that shows these filters."""
    form = FilterForm(formdata=None, data={"days": str(DEFAULT_SPAN), **filters.typed})
    form.partnership.choices = [("", "All partnerships"), *((one.slug, one.name) for one in filters.partnerships)]
    form.days.choices = [(name, f"The next {days} days") for name, days in SPANS.items()]
    for name, message in filters.errors.items():
        form[name].errors = [message]
    return form
