"""The form that the pages about a document share."""

from wtforms.validators import Length

from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.forms import LinesField, required

LONGEST_REASON = 2000
# The box that a person ticks for a day that is possible and not likely.
THIS_IS_RIGHT = "This is right"


REASON_TOO_LONG = f"The reason must be {LONGEST_REASON:,} characters or fewer"


class ReasonForm(MilestoneForm):
    """Why something is removed or undone."""

    reason = LinesField(
        "Reason",
        validators=[required("Enter a reason"), Length(max=LONGEST_REASON, message=REASON_TOO_LONG)],
    )
