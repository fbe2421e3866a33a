"""The form about the day on which a plan was prepared."""

from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import required


class PreparedForm(MilestoneForm):
    """On which day the plan was prepared."""

    prepared_on = UkDateField(
        "Date the plan was prepared",
        description="The day on which the last lead body agreed to it. For example, 24/03/2026",
        validators=[required("Enter the date the plan was prepared")],
    )
