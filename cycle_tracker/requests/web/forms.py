"""The forms of asking and of answering, and the filters of the list."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from flask import request
from flask_wtf import FlaskForm
from wtforms.validators import Length

from cycle_tracker.requests.queries.request_lists import RequestSort, RequestsWanted
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
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, Named, PartnershipFilter

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
    """A partnership's answer. `is_filled_in` says that it begins with the newest explanation that was shared."""

    is_filled_in = False

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


class UpdateRequestFilters(FilterForm):
    """Which requests, and in which order."""

    partnership = PartnershipFilter()
    state = ChoiceFilter[RequestState]("Status")
    sort = ChoiceFilter[RequestSort]("Order")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Named]) -> None:
        super().__init__(arguments)
        states = [("", "All requests"), *((state.value, STATUSES[state].label) for state in RequestState)]
        self.partnership.offer_each(partnerships)
        self.state.offer({state.value: state for state in RequestState}, states)
        self.sort.offer({sort.value: sort for sort in RequestSort})

    @property
    def wanted(self) -> RequestsWanted:
        """What the list asks the database for."""
        return RequestsWanted(
            partnership=self.partnership.word,
            state=self.state.value,
            sort=self.sort.value or RequestSort.REPLY,
        )
