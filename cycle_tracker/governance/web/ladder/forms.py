"""By when one replies, and why something is raised."""

from wtforms.validators import Length

from cycle_tracker.governance.rules import LONGEST_REASON, SHORTEST_REASON
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LinesField, required


class AcknowledgementForm(MilestoneForm):
    """That one has seen it, and replies by a day."""

    reply_by = UkDateField("I reply by", validators=[required("Enter the day by which you reply")])


class RaiseForm(MilestoneForm):
    """Why it is raised."""

    why = LinesField(
        "Why it is raised",
        validators=[
            required("Say why it is raised"),
            Length(
                min=SHORTEST_REASON,
                max=LONGEST_REASON,
                message=f"The reason must be {SHORTEST_REASON} to {LONGEST_REASON:,} characters",
            ),
        ],
    )
