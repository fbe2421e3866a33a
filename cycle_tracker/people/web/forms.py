"""The forms about people. Choices hold what may be chosen and nothing else, so what is foreign is refused."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cycle_tracker.access.rules.permissions import INVITED_BY_LEADS
from cycle_tracker.core.roles import Role
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.web.forms import LineField, required

LONGEST_NAME = 120
LONGEST_EMAIL = 254

NOT_IN_THE_LIST = "Choose one from the list"
HOLDERS_FROM_THE_LIST = "Choose people from the list"


class TicksField(SelectMultipleField):
    """Several choices of what the page offers, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def name_field(label: str = "Name", description: str = "") -> LineField:
    """A field for the name of a person or a post."""
    return LineField(
        label,
        description=description,
        validators=[
            required("Enter a name"),
            Length(max=LONGEST_NAME, message=f"The name must be {LONGEST_NAME} characters or fewer"),
        ],
    )


def email_field(label: str, description: str, message: str) -> LineField:
    """A field for an email address."""
    return LineField(
        label,
        description=description,
        validators=[
            required(message),
            Length(max=LONGEST_EMAIL, message=f"The address must be {LONGEST_EMAIL} characters or fewer"),
        ],
    )


def choice_field(label: str, *, asks: str = "", **options: Any) -> SelectField:
    """A field for one of what the page offers; optional where it `asks` for nothing."""
    return SelectField(
        label,
        validators=[required(asks) if asks else Optional()],
        invalid_choice_message=NOT_IN_THE_LIST,
        **options,
    )


class ConfirmForm(FlaskForm):
    """A button that changes something."""


class PersonForm(FlaskForm):
    """A person's name, and the organisation that they work for."""

    name = name_field("First and last name")
    organisation = choice_field("Organisation")

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """Fill in what may be chosen."""
        self.organisation.choices = _organisations(organisations)


class RoleForm(FlaskForm):
    """A role and where it is held: in a partnership, in all of an organisation, or with neither in all of Scotland."""

    role = choice_field("Role", asks="Choose a role")
    partnership = choice_field("Partnership", description="Choose one for a role in one partnership.")
    organisation = choice_field(
        "Organisation",
        description="Choose one to give the role of planning lead or contributor in every partnership that this "
        "organisation is in. If you choose neither a partnership nor an organisation, the role is national.",
    )

    def offer(self, partnerships: Sequence[Partnership], organisations: Sequence[Organisation]) -> None:
        """Fill in what may be chosen."""
        self.role.choices = _roles(Role)
        self.partnership.choices = [("", "No partnership"), *((one.slug, one.name) for one in partnerships)]
        self.organisation.choices = [("", "No organisation"), *((one.code, one.name) for one in organisations)]


class InviteAnywhereForm(RoleForm):
    """An invitation by an administrator, to any role."""

    email = email_field("Email address", "We will email the invitation to this address.", "Enter an email address")
    name = name_field("First and last name")


class InviteForm(FlaskForm):
    """An invitation to one partnership."""

    email = email_field("Email address", "We will email the invitation to this address.", "Enter an email address")
    name = name_field("First and last name")
    role = choice_field("Role", asks="Choose a role")

    def offer(self) -> None:
        """Fill in what may be chosen: the roles that reach no further than a partnership."""
        self.role.choices = _roles(role for role in Role if role in INVITED_BY_LEADS)


class PostForm(FlaskForm):
    """A post: its name, its mailbox, its organisation, and who acts for it."""

    name = name_field("Name of the post", "For example, Children’s services planning team")
    mailbox = email_field(
        "Shared mailbox",
        "We email this address about the post’s milestones. It cannot be used to sign in.",
        "Enter the shared mailbox",
    )
    organisation = choice_field("Organisation")
    holders = TicksField(
        "Who acts for it",
        invalid_choice_message=HOLDERS_FROM_THE_LIST,
        description="They can update the post’s milestones, and see them in their own list.",
    )

    def offer(self, organisations: Sequence[Organisation], people: Sequence[User]) -> None:
        """Fill in what may be chosen."""
        self.organisation.choices = _organisations(organisations)
        self.holders.choices = [(str(person.id), f"{person.name}, {person.email}") for person in people]


class HandOverForm(FlaskForm):
    """Who takes over."""

    to = choice_field("New owner", asks="Choose the new owner")

    def offer(self, successors: Iterable[tuple[str, str]]) -> None:
        """Fill in who may own what is handed over, with how much of it."""
        self.to.choices = [("", "Choose a person or a post"), *successors]


def _organisations(organisations: Iterable[Organisation]) -> list[tuple[str, str]]:
    return [("", "None or not known"), *((one.code, one.name) for one in organisations)]


def _roles(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [("", "Choose a role"), *((role.value, role.label) for role in roles)]
