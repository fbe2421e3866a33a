"""The forms about a revision in preparation."""

from wtforms.validators import Length

from cycle_tracker.documents.web.forms import LONGEST_REASON, REASON_TOO_LONG
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LinesField, required


class RevisionForm(MilestoneForm):
    """Why a plan is revised, and by when the lead bodies are to agree the revised plan."""

    reason = LinesField(
        "Why the plan is being revised",
        description="Scottish Government officials can read this",
        validators=[
            required("Enter why the plan is being revised"),
            Length(max=LONGEST_REASON, message=REASON_TOO_LONG),
        ],
    )
    target_on = UkDateField(
        "Date by which the lead bodies are to agree the revised plan",
        description="For example, 30/09/2027",
        validators=[required("Enter the target date")],
    )


class TargetForm(MilestoneForm):
    """Another target date, and why."""

    target_on = UkDateField(
        "New target date",
        description="For example, 30/09/2027",
        validators=[required("Enter the new target date")],
    )
    reason = LinesField(
        "Reason",
        validators=[
            required("Enter the reason for moving the target date"),
            Length(max=LONGEST_REASON, message=REASON_TOO_LONG),
        ],
    )
