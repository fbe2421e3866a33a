"""Who joins the Scottish Government escalation group, and as what."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import ValidationError

from cycle_tracker.governance.web.groups.forms import PLACES
from cycle_tracker.models.group import MembershipRole
from cycle_tracker.models.user import User
from cycle_tracker.web.choices import OfferedField
from cycle_tracker.web.forms import required


class JoinForm(FlaskForm):
    """An official, and their place."""

    person = OfferedField(
        "Official", refusal="Choose someone from the list", validators=[required("Choose an official")]
    )
    place = RadioField(
        "Role in the group",
        choices=PLACES,
        validators=[required("Choose their role in the group")],
        validate_choice=False,
    )

    def offer(self, people: Iterable[User]) -> None:
        """Let these officials be chosen, and nobody else."""
        self.person.offer([("", "Choose someone"), *((str(one.id), f"{one.name}, {one.email}") for one in people)])

    def validate_place(self, field: RadioField) -> None:
        """Raises ValidationError for what is no place in a group."""
        if field.data not in {place.value for place in MembershipRole}:
            raise ValidationError("Choose their role in the group")
