"""The main reason of a change of date, as a form asks for it."""

from typing import Any

from wtforms import SelectChoice, SelectField
from wtforms.validators import Optional, ValidationError

from cycle_tracker.core.kinds import Cause


class CauseField(SelectField):  # type: ignore[misc]  # WTForms has no types
    """One of the short list of reasons, or none."""

    def __init__(self, **fields: Any) -> None:
        choices = [SelectChoice("", "Not given"), *(SelectChoice(one.value, one.label) for one in Cause)]
        super().__init__("Main reason", validators=[Optional()], choices=choices, **fields)

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002
        """Raises ValidationError for what is not in the list."""
        if self.data and self.data not in set(Cause):
            raise ValidationError("Choose a reason from the list")

    @property
    def chosen(self) -> Cause | None:
        """What was chosen, of a form that was found valid."""
        return Cause(self.data) if self.data else None
