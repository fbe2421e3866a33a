"""The filters of the record of notices, as they stand in its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField

from cycle_tracker.models import Partnership
from cycle_tracker.reminders.queries.notices import Standing
from cycle_tracker.reminders.web.notices.presenters import STANDINGS
from cycle_tracker.web.forms import LineField
from cycle_tracker.web.list_filters import Reading


@dataclass(frozen=True)
class Filters:
    """What is asked for, and how it reads in an address. `ignored` names what is not known."""

    partnership: str = ""
    person: str = ""
    standing: Standing | None = None
    first: date | None = None
    last: date | None = None
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
    standing = SelectField("Status")
    from_day = LineField("From date")
    to_day = LineField("To date")


def read_filters(arguments: Mapping[str, str], partnerships: Sequence[Partnership]) -> Filters:
    """The filters of an address."""
    reading = Reading(arguments)
    first, last = reading.days("from_day", "to_day")
    return Filters(
        partnership=reading.choice("partnership", "partnership", {one.slug: one.slug for one in partnerships}) or "",
        person=reading.text("person"),
        standing=reading.choice("standing", "status", {one.value: one for one in Standing}),
        first=first,
        last=last,
        words=reading.words,
        typed=reading.typed,
        errors=reading.errors,
        ignored=tuple(reading.ignored),
        partnerships=partnerships,
    )


def filter_form(filters: Filters) -> FilterForm:
    """The form that shows these filters."""
    form = FilterForm(formdata=None, data=dict(filters.typed))
    form.partnership.choices = [("", "All partnerships"), *((one.slug, one.name) for one in filters.partnerships)]
    form.standing.choices = [("", "All"), *((one.value, STANDINGS[one].label) for one in Standing)]
    for name, message in filters.errors.items():
        form[name].errors = [message]
    return form
