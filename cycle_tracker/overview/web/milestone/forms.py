"""The forms of the milestone page."""

from wtforms import BooleanField

from cycle_tracker.documents.web.forms import THIS_IS_RIGHT
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, required
from cycle_tracker.web.web_address import is_web_address


class FinishForm(MilestoneForm):
    """On which day it was done."""

    done_on = UkDateField("Date it was done", validators=[required("Enter the date it was done")])


class PublicationForm(MilestoneForm):
    """Where and when a document was published."""

    address = LineField(
        "Web address of the document",
        description="Copy it from your browser. It starts with https://",
        validators=[
            required("Enter the web address of the document"),
            is_web_address,
        ],
    )
    published_on = UkDateField("Date it was published", validators=[required("Enter the date it was published")])
    confirmed = BooleanField(THIS_IS_RIGHT)
