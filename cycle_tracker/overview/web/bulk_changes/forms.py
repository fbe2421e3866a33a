"""The form of a change of several milestones."""

import re
from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import Field, RadioField, SelectField
from wtforms.validators import Length, StopValidation, ValidationError

from cycle_tracker.milestones.services.milestones import EARLIEST_DONE, LATEST_DUE
from cycle_tracker.models.user import User
from cycle_tracker.overview.services.bulk_changes import MOST_DAYS, BulkChange
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import HiddenLineField, LineField, LinesField
from cycle_tracker.web.ticks import TicksField

LONGEST_REASON = 1000
NOBODY = "nobody"
KEEP, BY_DAYS, TO_DATE = "keep", "days", "date"
DAYS = re.compile(r"([+-]|\N{MINUS SIGN})?\s*([0-9]{1,5})")


class BulkChangeForm(FlaskForm):
    """What is ticked, what changes about it, and how far the person has come: `step` is empty until the form was
    shown, then `preview`, then `apply`."""

    ticked = TicksField("Milestones")
    owner = SelectField("New owner", validate_choice=False, default="")
    dates = RadioField(
        "Dates",
        choices={KEEP: "Keep the current dates", BY_DAYS: "Move by days", TO_DATE: "Move to one date"},
        default=KEEP,
        validate_choice=False,
    )
    days = LineField(
        "Number of days",
        description="Only for “Move by days”. For example 14, or -7 for a week earlier",
    )
    due_on = UkDateField("New date", description="Only for “Move to one date”. For example, 30/06/2026")
    reason = LinesField(
        "Reason",
        description="Needed if you move dates. We add it to the history of each milestone.",
        validators=[Length(max=LONGEST_REASON, message=f"The reason must be {LONGEST_REASON:,} characters or fewer")],
    )
    step = HiddenLineField()

    def offer(self, owners: Iterable[User]) -> None:
        """Offer these owners."""
        self.owner.choices = [
            ("", "Keep the current owners"),
            (NOBODY, "No owner"),
            *((str(owner.id), owner.name) for owner in owners),
        ]

    def validate_owner(self, field: Field) -> None:
        """Raises ValidationError for anybody who was not offered."""
        if (field.data or "") not in [value for value, _label in field.choices]:
            raise ValidationError("Choose an owner from the list")

    def validate_dates(self, field: Field) -> None:
        """Raises StopValidation where nothing changes, or something that is not offered."""
        if field.data not in (KEEP, BY_DAYS, TO_DATE):
            raise StopValidation("Choose whether to move the dates")
        if field.data == KEEP and not self.owner.data:
            raise StopValidation("Choose a new owner, or a way to move the dates")

    def validate_days(self, _field: Field) -> None:
        """Raises ValidationError where dates move by days and this is no number of them."""
        if self.dates.data == BY_DAYS and self.number_of_days() is None:
            raise ValidationError(f"Enter a number of days, from -{MOST_DAYS:,} to {MOST_DAYS:,}, but not 0")

    def validate_due_on(self, field: Field) -> None:
        """Raises ValidationError where dates move to one date and this is none that a cycle could have."""
        if self.dates.data != TO_DATE:
            field.errors = []
            raise StopValidation
        if field.errors:
            return
        if field.data is None:
            raise ValidationError("Enter the new date")
        if not EARLIEST_DONE <= field.data < LATEST_DUE:
            raise ValidationError(
                "Enter a date on or after 27 March 2014, when the 2014 Act received Royal Assent, "
                f"and before {LATEST_DUE.year}"
            )

    def validate_reason(self, field: Field) -> None:
        """Raises ValidationError where dates move and nobody says why."""
        if self.dates.data in (BY_DAYS, TO_DATE) and not field.data:
            raise ValidationError("Enter the reason for moving the dates")

    def number_of_days(self) -> int | None:
        """The days that were typed; None where they are no number within reason."""
        found = DAYS.fullmatch(self.days.data or "")
        if not found or not found[2].isascii():
            return None
        number = int(found[2]) * (-1 if found[1] in ("-", "\N{MINUS SIGN}") else 1)
        return number if number and abs(number) <= MOST_DAYS else None

    def change(self, owners: Iterable[User]) -> BulkChange:
        """What is asked for, in a form that was found valid."""
        return BulkChange(
            owner=next((owner for owner in owners if str(owner.id) == self.owner.data), None),
            to_nobody=self.owner.data == NOBODY,
            days=self.number_of_days() if self.dates.data == BY_DAYS else None,
            due_on=self.due_on.data if self.dates.data == TO_DATE else None,
            reason=self.reason.data or "",
        )
