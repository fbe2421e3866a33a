"""By when one replies, and why something is raised."""

from wtforms.validators import Length

from cycle_tracker.governance.rules import LONGEST_REASON, SHORTEST_REASON
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LinesField, required


class AcknowledgementForm(MilestoneForm):
    """That one has seen it, and replies by a day."""

    reply_by = UkDateField("Reply date", validators=[required("Enter the reply date")])


class RaiseForm(MilestoneForm):
    """Why it is raised. `is_filled_in` says that it begins with the words of the current note."""

    is_filled_in = False

    why = LinesField(
        "Reason for escalating this",
        validators=[
            required("Enter the reason for escalating this"),
            Length(
                min=SHORTEST_REASON,
                max=LONGEST_REASON,
                message=f"The reason must be {SHORTEST_REASON} to {LONGEST_REASON:,} characters",
            ),
        ],
    )
