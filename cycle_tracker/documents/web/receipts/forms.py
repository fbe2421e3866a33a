"""The forms of receipts, and the filters of the list."""

import re
from collections.abc import Mapping, Sequence

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import Length, Optional

from cycle_tracker.documents.queries.receipts import ReceiptSort
from cycle_tracker.documents.web.forms import THIS_IS_RIGHT
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, LinesField, required
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, Named, PartnershipFilter
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
    not_published = BooleanField("The plan is not published yet")
    confirmed = BooleanField(THIS_IS_RIGHT)


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


class ReceiptFilters(FilterForm):
    """Whose documents are to be received, and in which order."""

    partnership = PartnershipFilter()
    sort = ChoiceFilter[ReceiptSort]("Order")

    def __init__(self, arguments: Mapping[str, str], partnerships: Sequence[Named]) -> None:
        super().__init__(arguments)
        self.partnership.offer_each(partnerships)
        self.sort.offer({sort.value: sort for sort in ReceiptSort})

    @property
    def order(self) -> ReceiptSort:
        """How the list is sorted."""
        return self.sort.value or ReceiptSort.SENT
