"""The forms of asking and of answering, and the filters of the list."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import Length

from cycle_tracker.models import Partnership
from cycle_tracker.requests.queries import RequestSort, RequestsWanted
from cycle_tracker.requests.rules import (
    DEFAULT_TEXT,
    LONGEST_TEXT,
    MOST_AT_ONCE,
    SHORTEST_TEXT,
    RequestState,
    default_reply_by,
)
from cycle_tracker.requests.web.presenters import STATUSES
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import HiddenLineField, LinesField, required

LARGEST_ID = 2_147_483_647


class AskForm(FlaskForm):
    """What is asked, and by when. `seen` tells what the person had before them when they pressed the button."""

    text = LinesField(
        "Your message",
        description="We add the status of each document before it and the reply date after it, as shown below.",
        validators=[
            required("Enter your message"),
            Length(
                SHORTEST_TEXT,
                LONGEST_TEXT,
                message=f"Your message must be {SHORTEST_TEXT} to {LONGEST_TEXT:,} characters",
            ),
        ],
    )
    reply_by = UkDateField("Reply by", validators=[required("Enter the date you need a reply by")])
    seen = HiddenLineField()


def form_as_it_stands(today: date) -> AskForm:
    """The form with the text that is asked unless somebody writes another."""
    return AskForm(formdata=None, text=DEFAULT_TEXT, reply_by=default_reply_by(today))


class AnswerForm(FlaskForm):
    """A partnership's answer."""

    answer = LinesField(
        "Your answer",
        validators=[
            required("Enter your answer"),
            Length(max=LONGEST_TEXT, message=f"Your answer must be {LONGEST_TEXT:,} characters or fewer"),
        ],
    )


def documents_chosen() -> list[int]:
    """The numbers of the documents that were ticked, each once; what is no number is kept as 0, which is nothing's."""
    ticked = request.form.getlist("document") if request.method == "POST" else request.args.getlist("document")
    numbers = [int(text) if re.fullmatch("[0-9]{1,10}", text) else 0 for text in ticked[: MOST_AT_ONCE + 1]]
    return list(dict.fromkeys(number if number <= LARGEST_ID else 0 for number in numbers))


@dataclass(frozen=True)
class ListFilters:
    """The filters of the list as they stand in the address. `ignored` names what is not known, in words."""

    wanted: RequestsWanted = field(default_factory=RequestsWanted)
    ignored: tuple[str, ...] = ()

    def in_address(self, **changed: str) -> dict[str, Any]:
        """The filters as they stand in an address, some of them changed; what says nothing is left out."""
        wanted = self.wanted
        words = {
            "partnership": wanted.partnership,
            "state": wanted.state.value if wanted.state else "",
            "sort": wanted.sort.value if wanted.sort is not RequestSort.REPLY else "",
            **changed,
        }
        return {name: value for name, value in words.items() if value}

    @property
    def narrows(self) -> bool:
        """True where something is left out of the list."""
        return bool(self.wanted.partnership or self.wanted.state)


class FilterForm(FlaskForm):
    """The filters to choose from."""

    class Meta:
        csrf = False

    partnership = SelectField("Partnership")
    state = SelectField("Status")


def read_filters(arguments: Mapping[str, str], partnerships: Sequence[Partnership]) -> ListFilters:
    """The filters of an address."""
    slugs = {one.slug for one in partnerships}
    asked = {name: arguments.get(name, "").strip() for name in ("partnership", "state", "sort")}
    ignored = [
        label
        for name, label, known in (
            ("partnership", "partnership", slugs),
            ("state", "status", {state.value for state in RequestState}),
            ("sort", "order", {sort.value for sort in RequestSort}),
        )
        if asked[name] and asked[name] not in known
    ]
    return ListFilters(
        RequestsWanted(
            partnership=asked["partnership"] if asked["partnership"] in slugs else "",
            state=next((state for state in RequestState if state.value == asked["state"]), None),
            sort=next((sort for sort in RequestSort if sort.value == asked["sort"]), RequestSort.REPLY),
        ),
        tuple(ignored),
    )


def filter_form(filters: ListFilters, partnerships: Sequence[Partnership]) -> FilterForm:
    """The form that shows these filters."""
    form = FilterForm(formdata=None, data=filters.in_address())
    form.partnership.choices = [("", "All partnerships"), *((one.slug, one.name) for one in partnerships)]
    form.state.choices = [("", "All requests"), *((state.value, STATUSES[state].label) for state in RequestState)]
    return form
