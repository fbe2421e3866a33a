"""From when to when somebody is away, and who stands in."""

from collections.abc import Iterable

from flask_wtf import FlaskForm

from cycle_tracker.models.user import User
from cycle_tracker.web.choices import OfferedField
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import required


class EndForm(FlaskForm):
    """A button that ends it."""


class AwayForm(FlaskForm):
    """The days and the deputy."""

    from_on = UkDateField("First day away", validators=[required("Enter the first day away")])
    to_on = UkDateField("Last day away", validators=[required("Enter the last day away")])
    deputy = OfferedField(
        "Who will cover", refusal="Choose someone from the list", validators=[required("Choose who will cover")]
    )

    def offer_people(self, people: Iterable[User]) -> None:
        """Let these people be chosen, and nobody else. Two of one name are told apart by their addresses."""
        listed = list(people)
        names = [one.name for one in listed]
        labels = [f"{one.name} ({one.email})" if names.count(one.name) > 1 else one.name for one in listed]
        numbers = [str(one.id) for one in listed]
        self.deputy.offer([("", "Choose someone"), *zip(numbers, labels, strict=True)])
