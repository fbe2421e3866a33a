"""By when one replies, and why something is raised."""

from collections.abc import Sequence

from wtforms import Field, SelectField
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from cycle_tracker.governance.rules import LONGEST_REASON, SHORTEST_REASON
from cycle_tracker.governance.web.meeting_form import NONE_OF_THESE, meeting_name
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.models.group import Meeting
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LinesField, required


def needs_day(form: "AcknowledgementForm", field: Field) -> None:
    """Raises StopValidation where the person names neither a meeting nor a day."""
    if form.meeting.data:
        raise StopValidation
    required("Choose a meeting or enter the reply date" if form.has_meetings else "Enter the reply date")(form, field)


class AcknowledgementForm(MilestoneForm):
    """That one has seen it, and replies by a day; for a group, that it is on the agenda of one of its meetings."""

    meeting = SelectField("On the agenda of", validators=[Optional()], validate_choice=False)
    reply_by = UkDateField("Reply date", validators=[needs_day])

    def offer(self, meetings: Sequence[Meeting]) -> None:
        """Let the person choose from these meetings, and from nothing else."""
        self.has_meetings = bool(meetings)
        self.meeting.choices = [
            (NONE_OF_THESE, "None of these meetings"),
            *((str(one.id), meeting_name(one)) for one in meetings),
        ]

    def validate_meeting(self, field: Field) -> None:
        """Raises ValidationError for a meeting that was not offered, and where a day is named too."""
        if field.data not in {value for value, _ in field.choices}:
            raise ValidationError("Choose a meeting from the list")
        if self.reply_by.data:
            raise ValidationError("Choose a meeting or enter a reply date, not both")


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
