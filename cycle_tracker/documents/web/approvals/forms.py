"""The forms about an approval."""

from dataclasses import fields
from typing import Any

from wtforms import BooleanField, RadioField
from wtforms.validators import Length, Optional

from cycle_tracker.core.kinds import Agreed, Manner
from cycle_tracker.documents.services.approvals import ApprovalDetails
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.models.approval import Approval
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
    """What a lead body decided about a document. All but the decision may be unknown."""

    manner = RadioField(
        "Decision",
        choices={one.value: one.label for one in Manner},
        invalid_choice_message="Choose the decision",
    )
    made_by = _line("Decided by", "The committee, board, post or chair, for example “Integration Joint Board”")
    approved_on = UkDateField("Date", validators=[Optional()])
    meeting = _line("Meeting", "For example “Education Committee, June meeting”")
    minute = _line("Minute reference", "The number of the minute or report, or its web address")
    draft = _line("Draft", "The draft that the body saw, for example “Version 0.9, 14 February 2026”")
    signs_off = _line("Who signs off the changes", "For example “Chief Officer for children’s services”")
    sign_off_by = UkDateField("Sign off by", validators=[Optional()])
    signed_off = BooleanField("The changes are signed off")
    signed_off_on = UkDateField(
        "Date they were signed off",
        description="For example, 30/06/2026. Leave it empty if the date is not known",
        validators=[Optional()],
    )
    deferred_to = _line("Which meeting", "For example “Integration Joint Board”")
    deferred_to_on = UkDateField("Date of that meeting", validators=[Optional()])
    agreed = RadioField(
        "Did the body agree to the plan?",
        choices={one.value: one.label for one in Agreed},
        validators=[Optional()],
        invalid_choice_message="Choose yes, no or not known",
    )

    def details(self) -> ApprovalDetails:
        """What was filled in, in a form that was found valid."""
        return ApprovalDetails(
            **{name: self[name].data for name in _AS_TYPED},
            manner=Manner(self.manner.data),
            agreed=Agreed(self.agreed.data) if "agreed" in self and self.agreed.data else None,
        )

    def show(self, approval: Approval) -> None:
        """Fill the form in with what is recorded."""
        self.manner.data = approval.manner.value
        for name in _AS_TYPED:
            self[name].data = getattr(approval, name)
        if "agreed" in self:
            self.agreed.data = approval.agreed.value if approval.agreed else None


_AS_TYPED = tuple(one.name for one in fields(ApprovalDetails) if one.name not in {"manner", "agreed"})
