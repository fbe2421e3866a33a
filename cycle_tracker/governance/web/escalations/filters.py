"""The filters of the list of escalations, as they stand in its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_wtf import FlaskForm
from wtforms import SelectField

from cycle_tracker.governance.queries.escalations import Standing
from cycle_tracker.governance.web.escalations.presenters import STANDINGS
from cycle_tracker.models import Partnership
from cycle_tracker.web.list_filters import Reading


@dataclass(frozen=True)
class Filters:
    """What is asked for, and the partnerships that there are to ask for. `ignored` names what is not known."""

    partnership: str = ""
    standing: Standing | None = None
    ignored: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    partnerships: Sequence[Partnership] = ()

    def in_address(self, **changed: str) -> dict[str, str]:
        """The filters as they stand in an address, some of them changed."""
        return {name: value for name, value in {**self.words, **changed}.items() if value}


class FilterForm(FlaskForm):
    """The filters to choose from."""

    class Meta:
        csrf = False

    partnership = SelectField("Partnership")
    standing = SelectField("Status")


def read_filters(arguments: Mapping[str, str], partnerships: Sequence[Partnership]) -> Filters:
    """The filters of an address."""
    reading = Reading(arguments)
    return Filters(
        partnership=reading.choice("partnership", "partnership", {one.slug: one.slug for one in partnerships}) or "",
        standing=reading.choice("standing", "status", {one.value: one for one in Standing}),
        ignored=tuple(reading.ignored),
        words=reading.words,
        partnerships=partnerships,
    )


def filter_form(filters: Filters) -> FilterForm:
    """The form that shows these filters."""
    form = FilterForm(formdata=None, data=filters.in_address())
    form.partnership.choices = [("", "All partnerships"), *((one.slug, one.name) for one in filters.partnerships)]
    form.standing.choices = [("", "All"), *((one.value, words) for one, words in STANDINGS.items())]
    return form
