"""The forms of the governance group."""

import hashlib
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import Length, Optional, ValidationError

from cycle_tracker.core.errors import ChangedMeanwhile
from cycle_tracker.models.group import Meeting, Membership, MembershipRole
from cycle_tracker.models.user import User
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import FormAbout, HiddenLineField, LineField, required

LONGEST_EMAIL = 254
LONGEST_TITLE = 200
LONGEST_MINUTES = 2000

PLACE_LABELS = {
    MembershipRole.MEMBER: "Member",
    MembershipRole.CHAIR: "Chair",
    MembershipRole.CLERK: "Clerk",
}
CHANGED = "Someone else changed this while you had it open. Check the page, then try again."


PLACES = [SelectChoice(place.value, label) for place, label in PLACE_LABELS.items()]


class SeenForm(FormAbout):
    """A form about something of a group: `seen` is a fingerprint of what it said when it was shown."""

    seen = HiddenLineField()

    def for_now(self, thing: Membership | Meeting) -> None:
        """Make the form one about the thing as it is now."""
        self.seen.data = _fingerprint(thing)

    def ensure_current(self, thing: Membership | Meeting) -> None:
        """Raises ChangedMeanwhile where the thing says something else now. A form that lost `seen` passes."""
        if self.seen.data and self.seen.data != _fingerprint(thing):
            raise ChangedMeanwhile(CHANGED)


class MemberForm(FlaskForm):
    """Whom to add, chosen or by address, and as what."""

    person = SelectField("Someone with a role in the partnership", validators=[Optional()], validate_choice=False)
    email = LineField(
        "Or the email address of someone else with an account",
        validators=[
            Optional(),
            Length(max=LONGEST_EMAIL, message=f"The email address must be {LONGEST_EMAIL} characters or fewer"),
        ],
    )
    place = RadioField(
        "Role in the group",
        choices=PLACES,
        validators=[required("Choose their role in the group")],
        validate_choice=False,
    )

    def offer(self, people: Sequence[User]) -> None:
        """Let the person choose from these people, and from nobody else."""
        self.person.choices = [("", "Choose someone"), *((str(one.id), one.name) for one in people)]

    def validate_person(self, field: SelectField) -> None:
        """Raises ValidationError for somebody who was not offered."""
        if field.data not in {value for value, _ in field.choices}:
            raise ValidationError("Choose someone from the list")

    def validate_place(self, field: RadioField) -> None:
        """Raises ValidationError for what is no place in a group."""
        if field.data not in {place.value for place in MembershipRole}:
            raise ValidationError("Choose their role in the group")

    def validate(self, extra_validators: object = None) -> bool:
        """True where one person is named, in one way, and the rest is right."""
        is_valid = bool(super().validate(extra_validators))
        if self.person.errors or self.email.errors:
            return False
        if bool(self.person.data) == bool(self.email.data):
            says = "not both" if self.person.data else "or enter their email address"
            self.person.errors = [f"Choose someone from the list, {says}"]
            return False
        return is_valid


class PlaceForm(SeenForm):
    """What somebody is in the group."""

    place = RadioField(
        "Role in the group",
        choices=PLACES,
        validate_choice=False,
    )

    def validate_place(self, field: RadioField) -> None:
        """Raises ValidationError for what is no place in a group."""
        if field.data not in {place.value for place in MembershipRole}:
            raise ValidationError("Choose their role in the group")


class LastDayForm(SeenForm):
    """On which day somebody was in the group last."""

    last_day = UkDateField("Last day in the group", validators=[required("Enter their last day in the group")])


class MeetingForm(SeenForm):
    """A meeting that was, or is to come."""

    held_on = UkDateField("Date of the meeting", validators=[required("Enter the date of the meeting")])
    papers_on = UkDateField("Papers due on (optional)", validators=[Optional()])
    title = LineField(
        "Title",
        description="For example, Quarterly meeting",
        validators=[
            Optional(),
            Length(max=LONGEST_TITLE, message=f"The title must be {LONGEST_TITLE} characters or fewer"),
        ],
    )
    minutes = LineField(
        "Minutes",
        description="Enter their reference or web address",
        validators=[
            Optional(),
            Length(
                max=LONGEST_MINUTES,
                message=f"The reference or address of the minutes must be {LONGEST_MINUTES:,} characters or fewer",
            ),
        ],
    )


def _fingerprint(thing: Membership | Meeting) -> str:
    if isinstance(thing, Membership):
        facts = [thing.role.value, str(thing.to_on)]
    else:
        facts = [str(thing.held_on), str(thing.title), str(thing.minutes), str(thing.papers_on)]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
