"""Fields that offer people, bodies and milestones of one partnership. What was not offered is refused in words."""

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField
from wtforms.validators import ValidationError

from cycle_tracker.core.kinds import Stage
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.user import User
from cycle_tracker.web.wording import stage_label

NOBODY = ""


class OfferedField(SelectField):
    """One choice of those that were offered; anything else, such as a number of another partnership, is refused."""

    def __init__(self, label: str, *, refusal: str, **options: Any) -> None:
        super().__init__(label, choices=[], **options)
        self.refusal = refusal

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002
        """Raises ValidationError for what was not offered."""
        if (self.data or "") not in {value for value, _label in self.choices or ()}:
            raise ValidationError(self.refusal)

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these values with their labels."""
        self.choices = list(choices)


def owner_choices(people: Iterable[User]) -> list[tuple[str, str]]:
    """People and posts by name, and no one. Two of one name are shown with their addresses."""
    listed = list(people)
    names = [person.name for person in listed]
    return [
        (NOBODY, "No one yet"),
        *(
            (str(person.id), f"{person.name} ({person.email})" if names.count(person.name) > 1 else person.name)
            for person in listed
        ),
    ]


def stage_choices() -> list[tuple[str, str]]:
    """The stages of the cycle, and none."""
    return [("", "No stage"), *((stage.value, stage_label(stage)) for stage in Stage)]


def body_choices(bodies: Iterable[Organisation]) -> list[tuple[str, str]]:
    """The bodies of a partnership, each once, and none."""
    known = {str(body.id): body.name for body in bodies}
    return [("", "None"), *known.items()]
