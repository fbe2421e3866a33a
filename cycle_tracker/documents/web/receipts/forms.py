"""The forms of receipts, and the filters of the list."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import Length, Optional

from cycle_tracker.documents.queries.receipts import ReceiptSort
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.models import Partnership
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, LinesField, required
from cycle_tracker.web.web_address import is_web_address

LONGEST_REASON = 1000
LONGEST_ADDRESS = 2000
LARGEST_ID = 2_147_483_647
MOST_AT_ONCE = 100
RECEIVED_ON = "Date it was received"


class ReceiptsForm(FlaskForm):
    """One day of receipt for all that is ticked."""

    received_on = UkDateField(RECEIVED_ON, validators=[required("Enter the date on which it was received")])


class ReceiptForm(MilestoneForm):
    """The receipt of one document. The other days count where the partnership has not recorded them here."""

    received_on = UkDateField(RECEIVED_ON, validators=[required("Enter the date on which it was received")])
    sent_on = UkDateField("Date it was sent", description="Leave it empty if it is not known.", validators=[Optional()])
    published_on = UkDateField(
        "Date it was published", description="Leave it empty if it is not known.", validators=[Optional()]
    )
    address = LineField(
        "Web address of the document",
        description="Leave it empty if it is not known.",
        validators=[
            Optional(),
            Length(max=LONGEST_ADDRESS, message=f"The address must be {LONGEST_ADDRESS:,} characters or fewer"),
            is_web_address,
        ],
    )


class UndoForm(MilestoneForm):
    """Why a receipt is undone."""

    reason = LinesField(
        "Reason",
        validators=[
            required("Enter the reason for undoing this"),
            Length(max=LONGEST_REASON, message=f"The reason must be {LONGEST_REASON:,} characters or fewer"),
        ],
    )


def copies_ticked() -> list[int]:
    """The numbers of the copies that were ticked, each once; what is no number is kept as 0, which is nothing's."""
    ticked = request.form.getlist("copy")[: MOST_AT_ONCE + 1]
    numbers = [int(text) if re.fullmatch("[0-9]{1,10}", text) else 0 for text in ticked]
    return list(dict.fromkeys(number if number <= LARGEST_ID else 0 for number in numbers))


@dataclass(frozen=True)
class ListFilters:
    """The filters of the list as they stand in the address. `ignored` names what is not known, in words."""

    partnership: str = ""
    sort: ReceiptSort = ReceiptSort.SENT
    ignored: tuple[str, ...] = ()

    def in_address(self, **changed: str) -> dict[str, Any]:
        """The filters as they stand in an address, some of them changed; what says nothing is left out."""
        sort = self.sort.value if self.sort is not ReceiptSort.SENT else ""
        words = {"partnership": self.partnership, "sort": sort, **changed}
        return {name: value for name, value in words.items() if value}


class FilterForm(FlaskForm):
    """The filters to choose from."""

    class Meta:
        csrf = False

    partnership = SelectField("Partnership")


def read_filters(arguments: Mapping[str, str], partnerships: Sequence[Partnership]) -> ListFilters:
    """The filters of an address."""
    slugs, orders = {one.slug for one in partnerships}, {sort.value: sort for sort in ReceiptSort}
    slug, order = arguments.get("partnership", "").strip(), arguments.get("sort", "").strip()
    ignored = [
        label
        for label, asked, known in (("partnership", slug, slugs), ("order", order, orders))
        if asked and asked not in known
    ]
    return ListFilters(slug if slug in slugs else "", orders.get(order, ReceiptSort.SENT), tuple(ignored))


def filter_form(filters: ListFilters, partnerships: Sequence[Partnership]) -> FilterForm:
    """The form that shows these filters."""
    form = FilterForm(formdata=None, data=filters.in_address())
    form.partnership.choices = [("", "All partnerships"), *((one.slug, one.name) for one in partnerships)]
    return form
