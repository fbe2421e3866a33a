"""The forms of one's own account."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.people.web.sign_in.forms import code_field, known_password_field, new_password_field
from cycle_tracker.web.forms import HiddenLineField

RHYTHMS = {
    Rhythm.STANDARD: "Straight away if it matters now, and the rest in one email a week",
    Rhythm.DAILY: "One email a day, on days when we have something to tell you",
    Rhythm.WEEKLY: "One email a week",
    Rhythm.ONLY_LATE: "Emails about overdue work only",
}
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


class SessionForm(FlaskForm):
    """Which sign-in to end. Empty means all but this one."""

    session = HiddenLineField()


class PasswordForm(FlaskForm):
    """The password there is, and a new one."""

    old = known_password_field("Current password", "Enter your current password")
    password = new_password_field()


class PreferenceForm(FlaskForm):
    """When emails are sent."""

    rhythm = RadioField(
        "How often should we email you?",
        choices=[SelectChoice(rhythm.value, label) for rhythm, label in RHYTHMS.items()],
        validators=[InputRequired("Choose how often")],
        validate_choice=True,
    )
    weekday = SelectField(
        "Day for your weekly email",
        choices=[SelectChoice(str(number), name) for number, name in enumerate(WEEKDAYS)],
        validate_choice=True,
    )
    reminds_before = BooleanField("Send me early reminders")

    @property
    def chosen(self) -> Preference:
        """What was chosen, once the form is valid."""
        return Preference(Rhythm(self.rhythm.data), int(self.weekday.data))


class TurnOnCodesForm(FlaskForm):
    """The first code of a new secret, and the password: who finds a browser open must not lock its owner out."""

    code = code_field("Code", "The 6-digit code that your app shows now")
    password = known_password_field("Your password")


class OwnCodeForm(FlaskForm):
    """A code, to change something about codes."""

    code = code_field("Code", "A 6-digit code from your app, or one of your recovery codes")
