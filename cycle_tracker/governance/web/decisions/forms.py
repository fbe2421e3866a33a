"""The form that corrects the meeting and minute of a decision."""

from cycle_tracker.documents.web.forms import ReasonForm
from cycle_tracker.governance.web.meeting_form import MeetingForm


class MinuteForm(MeetingForm, ReasonForm):
    """At which meeting it was made, its minute, and why that is corrected."""
