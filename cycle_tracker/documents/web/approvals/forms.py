"""The forms about an approval."""

from typing import Any

from wtforms import RadioField
from wtforms.validators import Length, Optional

from cycle_tracker.documents.services.approvals import ApprovalDetails
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.models.approval import Approval, Manner
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField

LONGEST_NAME = 200


def _line(label: str, description: str) -> Any:
    return LineField(
        label,
        description=description,
        validators=[
            Optional(),
            Length(max=LONGEST_NAME, message=f"{label} must be {LONGEST_NAME} characters or fewer"),
        ],
    )


class ApprovalForm(MilestoneForm):
    """What a lead body made of a document. All but the manner may be unknown."""

    manner = RadioField(
        "Decision",
        choices={one.value: one.label for one in Manner},
        invalid_choice_message="Choose the decision",
    )
    made_by = _line("Decided by", "The committee, board, post or chair, for example “Integration Joint Board”")
    approved_on = UkDateField("Date", validators=[Optional()])
    meeting = _line("Meeting", "For example “Education Committee, June meeting”")
    minute = _line("Minute reference", "The number of the minute or report, or its web address")

    def details(self) -> ApprovalDetails:
        """What was filled in, in a form that was found valid."""
        return ApprovalDetails(
            manner=Manner(self.manner.data),
            made_by=self.made_by.data,
            approved_on=self.approved_on.data,
            meeting=self.meeting.data,
            minute=self.minute.data,
        )

    def show(self, approval: Approval) -> None:
        """Fill the form in with what is recorded."""
        self.manner.data, self.made_by.data = approval.manner.value, approval.made_by
        self.approved_on.data, self.meeting.data = approval.approved_on, approval.meeting
        self.minute.data = approval.minute
