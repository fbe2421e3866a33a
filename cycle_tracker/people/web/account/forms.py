"""The forms of one's own account."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from cycle_tracker.core.preferences import Preference, Rhythm
from cycle_tracker.people.web.sign_in.forms import code_field, known_password_field, new_password_field
from cycle_tracker.web.forms import HiddenLineField

RHYTHMS = {
    Rhythm.DAILY: "One mail a day, on days when there is something",
    Rhythm.WEEKLY: "One mail a week",
    Rhythm.ONLY_LATE: "Only what is past its date",
}
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


class SessionForm(FlaskForm):
    """Which sign-in to end. Empty stands for all but this one."""

    session = HiddenLineField()


class PasswordForm(FlaskForm):
    """The password there is, and a new one."""

    old = known_password_field("Your password now", "Enter your password as it is now")
    password = new_password_field()


class PreferenceForm(FlaskForm):
    """When mails come."""

    rhythm = RadioField(
        "How often do you want your mail?",
        choices=[SelectChoice(rhythm.value, label) for rhythm, label in RHYTHMS.items()],
        validators=[InputRequired("Choose how often")],
        validate_choice=True,
    )
    weekday = SelectField(
        "If once a week, on which day?",
        choices=[SelectChoice(str(number), name) for number, name in enumerate(WEEKDAYS)],
        validate_choice=True,
    )
    reminds_before = BooleanField("Remind me before the day")

    @property
    def chosen(self) -> Preference:
        """What was chosen, once the form is valid."""
        return Preference(Rhythm(self.rhythm.data), int(self.weekday.data))


class TurnOnCodesForm(FlaskForm):
    """The first code of a new secret, and the password: who finds a browser open must not lock its owner out."""

    code = code_field("Code", "The six digits that your app shows now")
    password = known_password_field("Your password")


class OwnCodeForm(FlaskForm):
    """A code, to change something about codes."""

    code = code_field("Code", "Six digits from your app, or one of your recovery codes")
