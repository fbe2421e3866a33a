"""The filters of the list of people, as they stand in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField

from cycle_tracker.core.roles import Role
from cycle_tracker.models import Partnership
from cycle_tracker.people.queries.people import Asked, Order, Standing
from cycle_tracker.web.forms import LineField
from cycle_tracker.web.list_filters import Reading

NARROWING = ("text", "role", "partnership", "state")

STANDINGS = {
    Standing.ACTIVE: "People who can sign in",
    Standing.NO_PASSWORD: "People without a password",
    Standing.POST: "Posts with a shared mailbox",
    Standing.OFF: "Switched off",
}


@dataclass(frozen=True)
class Filters:
    """What is asked for, and how it reads in an address."""

    asked: Asked
    words: Mapping[str, str]
    typed: Mapping[str, Any]
    errors: Mapping[str, str]
    ignored: Sequence[str]

    def in_address(self, **changed: str) -> dict[str, Any]:
        """The filters as they stand in an address, some of them changed; what says nothing is left out."""
        return {name: value for name, value in {**self.words, **changed}.items() if value}

    @property
    def narrows(self) -> bool:
        """True where somebody is left out of the list."""
        return any(name in self.words for name in NARROWING)


class FilterForm(FlaskForm):
    """The filters to choose from."""

    class Meta:
        csrf = False

    text = LineField("Name or email address")
    role = SelectField("Role")
    partnership = SelectField("Partnership")
    state = SelectField("Status")


def read_filters(arguments: Mapping[str, str], partnerships: Sequence[Partnership]) -> Filters:
    """The filters of an address."""
    reading = Reading(arguments)
    asked = Asked(
        text=reading.text("text"),
        role=reading.choice("role", "role", {role.value: role for role in Role}),
        partnership=reading.choice("partnership", "partnership", {one.slug: one.slug for one in partnerships}) or "",
        standing=reading.choice("state", "status", {one.value: one for one in STANDINGS}),
        order=reading.choice("sort", "order", {one.value: one for one in Order}) or Order.NAME,
    )
    return Filters(asked, reading.words, reading.typed, reading.errors, reading.ignored)


def filter_form(filters: Filters, partnerships: Sequence[Partnership]) -> FilterForm:
    """The form that shows these filters."""
    form = FilterForm(formdata=None, data=dict(filters.typed))
    form.role.choices = [("", "All roles"), *((role.value, role.label) for role in Role)]
    form.partnership.choices = [("", "All partnerships"), *((one.slug, one.name) for one in partnerships)]
    form.state.choices = [("", "All statuses"), *((one.value, label) for one, label in STANDINGS.items())]
    for name, message in filters.errors.items():
        form[name].errors = [message]
    return form
