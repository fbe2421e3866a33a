"""At which meeting something was decided, and where its minute is: what the forms about a decision share."""

from collections.abc import Sequence

from wtforms import Field, SelectField
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from cycle_tracker.core.wording import day
from cycle_tracker.governance.rules import MEETING_NEEDED, MINUTE_NEEDED
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.models.group import Meeting
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField

LONGEST_NAME = 200
NONE_OF_THESE = ""


def has_meeting(form: "MeetingForm", field: Field) -> None:
    """Raises StopValidation without a meeting where the form asks for one."""
    if form.minuted and not field.data and not form.meeting_on.data:
        raise StopValidation(MEETING_NEEDED)


def has_minute(form: "MeetingForm", field: Field) -> None:
    """Raises StopValidation without a minute where the form asks for one."""
    if form.minuted and not field.data:
        raise StopValidation(MINUTE_NEEDED)


class MeetingForm(MilestoneForm):
    """A meeting of the group, chosen or by its date, and the minute."""

    minuted = False
    meeting = SelectField("Decided at the meeting of", validators=[has_meeting, Optional()], validate_choice=False)
    meeting_on = UkDateField("Or the date of another meeting", validators=[Optional()])
    minute = LineField(
        "Minute reference",
        validators=[
            has_minute,
            Optional(),
            Length(max=LONGEST_NAME, message=f"The minute reference must be {LONGEST_NAME} characters or fewer"),
        ],
    )

    def offer_meetings(self, meetings: Sequence[Meeting], *, minuted: bool = False) -> None:
        """Let the person choose from these meetings, and from nothing else. With `minuted` the meeting and the minute
        are asked for."""
        self.minuted = minuted
        self.minute.flags.optional = self.meeting.flags.optional = not minuted
        self.meeting.choices = [
            (NONE_OF_THESE, "No meeting, or one that is not listed"),
            *((str(one.id), meeting_name(one)) for one in meetings),
        ]

    def validate_meeting(self, field: Field) -> None:
        """Raises ValidationError for a meeting that was not offered, and where two are named."""
        if (field.data or NONE_OF_THESE) not in {value for value, _ in field.choices}:
            raise ValidationError("Choose a meeting from the list")
        if field.data and self.meeting_on.data:
            raise ValidationError("Choose a meeting from the list or give the date of another, not both")


def chosen_id(field: SelectField) -> int | None:
    """The number of what was chosen from a list that was found valid."""
    return int(field.data) if field.data else None


def meeting_name(meeting: Meeting) -> str:
    """The day of a meeting, with its title if it has one."""
    return f"{day(meeting.held_on)}, {meeting.title}" if meeting.title else day(meeting.held_on)
