"""The forms about what is recorded beside a plan."""

from wtforms.validators import Length

from cycle_tracker.documents.web.forms import LONGEST_REASON
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LinesField, required


class OwnStartForm(MilestoneForm):
    """On which day a plan starts, and what allowed that."""

    starts_on = UkDateField(
        "Date the plan starts",
        description="For example, 01/04/2027",
        validators=[required("Enter the date the plan starts")],
    )
    allowed_by = LinesField(
        "Law or reason that allowed it",
        description="For example, the Act and section that let the plan start later",
        validators=[
            required("Enter the law or reason that allowed the plan to start late"),
            Length(max=LONGEST_REASON, message=f"The law or reason must be {LONGEST_REASON:,} characters or fewer"),
        ],
    )
