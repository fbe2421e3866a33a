"""The forms of contacts."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectChoice, SelectField, SelectMultipleField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from cycle_tracker.milestones.queries.contacts import ContactStatus
from cycle_tracker.milestones.services.contacts import LONGEST_ORGANISATION, ContactDetails
from cycle_tracker.models.contact import Contact, ContactRole
from cycle_tracker.web.forms import LineField, required
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, TextFilter

LONGEST_NAME, LONGEST_EMAIL = 120, 254
A_NEW_ONE = "Someone new"


def _name(*validators: object) -> LineField:
    limit = Length(max=LONGEST_NAME, message=f"The name must be {LONGEST_NAME} characters or fewer")
    return LineField("Name", validators=[*validators, limit])


def _email(*validators: object) -> LineField:
    limit = Length(max=LONGEST_EMAIL, message=f"The address must be {LONGEST_EMAIL} characters or fewer")
    return LineField("Email address", validators=[*validators, limit])


def _organisation() -> LineField:
    limit = Length(
        max=LONGEST_ORGANISATION, message=f"The organisation must be {LONGEST_ORGANISATION} characters or fewer"
    )
    about = "Enter its name as it is in the list of organisations. If it is not there, we add it for your partnership."
    return LineField("Organisation", description=about, validators=[limit])


class AskForm(FlaskForm):
    """Whom to ask: somebody of the partnership's contacts, or somebody new."""

    contact = SelectField("Someone you have asked before", validate_choice=True)
    name = _name()
    email = _email()
    organisation = _organisation()

    def offer(self, contacts: Sequence[Contact]) -> None:
        """The contacts to choose from."""
        known = [SelectChoice(str(one.id), f"{one.name}, {one.email}") for one in contacts]
        self.contact.choices = [SelectChoice("", A_NEW_ONE), *known]

    def validate(self, extra_validators: object = None) -> bool:
        """Somebody new needs a name and an address."""
        is_valid = bool(super().validate(extra_validators))
        if self.contact.data or not is_valid:
            return is_valid
        for field, message in ((self.name, "Enter a name"), (self.email, "Enter an email address")):
            if not field.data:
                field.errors = [message]
                is_valid = False
        return is_valid

    @property
    def details(self) -> ContactDetails:
        """Who somebody new is."""
        return ContactDetails(self.name.data, self.email.data, self.organisation.data)


class RolesField(SelectMultipleField):
    """The roles of a contact, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _roles() -> RolesField:
    return RolesField(
        "We can write to them about",
        choices=[SelectChoice(role.value, role.label) for role in ContactRole],
        invalid_choice_message="Choose from the list",
    )


class NewContactForm(FlaskForm):
    """Who a contact is, and their roles."""

    name = _name(required("Enter a name"))
    email = _email(required("Enter an email address"))
    organisation = _organisation()
    roles = _roles()

    @property
    def details(self) -> ContactDetails:
        """Who they are."""
        return ContactDetails(self.name.data, self.email.data, self.organisation.data, _chosen(self.roles))


class ContactForm(FlaskForm):
    """Who a contact is, their roles, and whether they are asked at all."""

    name = _name(required("Enter a name"))
    email = _email(required("Enter an email address"))
    organisation = _organisation()
    roles = _roles()
    active = BooleanField("Send emails to this contact")

    @property
    def details(self) -> ContactDetails:
        """Who they are."""
        return ContactDetails(self.name.data, self.email.data, self.organisation.data, _chosen(self.roles))


class ContactFilters(FilterForm):
    """Which contacts of the partnership."""

    text = TextFilter("Name, email address or organisation")
    role = ChoiceFilter[ContactRole]("Role")
    state = ChoiceFilter[ContactStatus]("Emails")

    def __init__(self, arguments: Mapping[str, str]) -> None:
        super().__init__(arguments)
        choices = [("", "All"), (ContactStatus.ASKED.value, "Switched on"), (ContactStatus.OFF.value, "Switched off")]
        self.state.offer({one.value: one for one in ContactStatus}, choices)
        roles = [("", "All roles"), *((role.value, role.label) for role in ContactRole)]
        self.role.offer({role.value: role for role in ContactRole}, roles)


def _chosen(field: RolesField) -> frozenset[ContactRole]:
    return frozenset(ContactRole(value) for value in field.data or ())
