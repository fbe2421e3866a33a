"""The forms by which a partnership is set up."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cycle_tracker.core.calendar import bank_holiday
from cycle_tracker.core.periods import Period
from cycle_tracker.core.web_addresses import LONGEST_ADDRESS
from cycle_tracker.core.wording import day
from cycle_tracker.cycles.services.letters import LONGEST
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import BodyRole
from cycle_tracker.organisations.services.organisations import LONGEST_MAILBOX
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, LinesField, required

LONGEST_NAME = 120
LONGEST_REASON = 1000
NOT_IN_THE_LIST = "Choose one from the list"

BODY_ROLES = tuple((role.value, role.label) for role in BodyRole)


class ConfirmForm(FlaskForm):
    """A button that changes something."""


class BodyForm(FlaskForm):
    """An organisation and its part in the partnership."""

    organisation = SelectField(
        "Organisation", validators=[required("Choose an organisation")], invalid_choice_message=NOT_IN_THE_LIST
    )
    role = RadioField(
        "Role",
        default=BodyRole.MEMBER.value,
        invalid_choice_message="Choose whether it is a lead body, a member or a service provider",
    )
    from_on = UkDateField("First day", validators=[required("Enter the first day")])

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """Fill in what may be chosen."""
        self.organisation.choices = [("", "Choose an organisation"), *((one.code, one.name) for one in organisations)]
        self.role.choices = list(BODY_ROLES)


class EndBodyForm(FlaskForm):
    """The last day of an organisation's part."""

    to_on = UkDateField("Last day", validators=[required("Enter the last day")])


class NotifyFromForm(FlaskForm):
    """The day from which dates count."""

    notify_from = UkDateField("Start date for reminders", validators=[required("Enter the start date for reminders")])


class ClosureDayForm(FlaskForm):
    """A day on which the partnership is closed."""

    day = UkDateField("Date", validators=[required("Enter the date")])
    name = LineField(
        "Name",
        description="For example, Local holiday. You can leave this empty.",
        validators=[Length(max=LONGEST_NAME, message=f"The name must be {LONGEST_NAME} characters or fewer")],
    )


class WorkedHolidayForm(FlaskForm):
    """A bank holiday on which the partnership works."""

    holiday = SelectField(
        "Bank holiday", validators=[required("Choose a bank holiday")], invalid_choice_message=NOT_IN_THE_LIST
    )

    def offer(self, days: Iterable[date]) -> None:
        """Fill in the bank holidays that may be chosen."""
        self.holiday.choices = [
            ("", "Choose a bank holiday"),
            *((one.isoformat(), f"{day(one)}, {bank_holiday(one)}") for one in days),
        ]


class StepsField(SelectMultipleField):
    """Optional steps of the template, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OpenPeriodForm(FlaskForm):
    """A plan period to open, and which optional steps it has."""

    period = SelectField(
        "Plan period", validators=[required("Choose a plan period")], invalid_choice_message=NOT_IN_THE_LIST
    )
    earlier = BooleanField(
        "Open the earlier periods too",
        default=True,
        description="You can record past plans and reports without this. We will not email anyone about them.",
    )
    steps = StepsField(
        "Optional steps",
        description="The plan, sending and publishing it, and the annual reports are always included. "
        "You can add steps later.",
        invalid_choice_message="Choose steps from the list",
    )

    def offer(self, periods: Iterable[Period], steps: Iterable[tuple[str, str]]) -> None:
        """Fill in what may be chosen."""
        self.period.choices = [(period.name, period.label) for period in periods]
        self.steps.choices = list(steps)


class StepsForm(FlaskForm):
    """Optional steps to switch on in a cycle that runs."""

    steps = StepsField("Steps not switched on yet", invalid_choice_message="Choose steps from the list")

    def offer(self, steps: Iterable[tuple[str, str]]) -> None:
        """Fill in what may be chosen."""
        self.steps.choices = list(steps)


class ContactForm(FlaskForm):
    """The web address and the public mailbox."""

    web_address = LineField(
        "Web address of its plans and reports",
        description="The full address of a page that stays the same from plan to plan.",
        validators=[
            Optional(),
            Length(max=LONGEST_ADDRESS, message=f"The web address must be {LONGEST_ADDRESS:,} characters or fewer"),
        ],
    )
    mailbox = LineField(
        "Public mailbox",
        description="The email address that the partnership publishes for questions.",
        validators=[
            Optional(),
            Length(max=LONGEST_MAILBOX, message=f"The mailbox must be {LONGEST_MAILBOX} characters or fewer"),
        ],
    )


class LetterForm(FlaskForm):
    """The letter."""

    text = LinesField(
        "Letter",
        validators=[
            required("Enter the letter"),
            Length(max=LONGEST, message=f"The letter must be {LONGEST:,} characters or fewer"),
        ],
    )


class UndoOpeningForm(FlaskForm):
    """Why the opening of a plan period is undone."""

    reason = LinesField(
        "Reason",
        validators=[
            required("Enter the reason for undoing this"),
            Length(max=LONGEST_REASON, message=f"The reason must be {LONGEST_REASON:,} characters or fewer"),
        ],
    )
