"""The forms of organisations. Choices hold what may be chosen and nothing else, so what is foreign is refused."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import Length, Optional

from cycle_tracker.models.organisation import SET_BY_LAW, Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole
from cycle_tracker.organisations.queries.organisations import OrganisationQuestion, Use
from cycle_tracker.organisations.rules import LONGEST_CODE
from cycle_tracker.organisations.services.organisations import LONGEST_MAILBOX, LONGEST_NAME, OrganisationDetails
from cycle_tracker.organisations.services.parts import PartDetails
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, required
from cycle_tracker.web.list_filters import ChoiceFilter, FilterForm, TextFilter

NOT_IN_THE_LIST = "Choose one from the list"
A_NEW_ONE = "An organisation that is not in the list"
KINDS = [SelectChoice(kind.value, kind.label) for kind in OrganisationKind if kind not in SET_BY_LAW]
# What planning leads may say; who leads is set by law, so administrators say it.
ROLES_BY_LEADS = (BodyRole.MEMBER, BodyRole.PROVIDER)
USES = {
    Use.IN_USE: "In use",
    Use.WAITING: "Waiting to be accepted",
    Use.NOT_IN_USE: "Not in use",
}


def _name(*validators: object) -> LineField:
    limit = Length(max=LONGEST_NAME, message=f"The name must be {LONGEST_NAME} characters or fewer")
    return LineField("Name", validators=[*validators, limit])


def _mailbox() -> LineField:
    limit = Length(max=LONGEST_MAILBOX, message=f"The mailbox must be {LONGEST_MAILBOX} characters or fewer")
    return LineField("Mailbox", description="The email address that takes documents.", validators=[Optional(), limit])


def _kind(*validators: object) -> SelectField:
    return SelectField(
        "Kind",
        choices=[SelectChoice("", "Choose a kind"), *KINDS],
        validators=[*validators],
        invalid_choice_message=NOT_IN_THE_LIST,
    )


class OrganisationForm(FlaskForm):
    """What an organisation is."""

    name = _name(required("Enter a name"))
    kind = _kind(required("Choose a kind"))
    mailbox = _mailbox()
    code = LineField(
        "Code",
        description="The official code, if it has one. Files that are imported name organisations by their code.",
        validators=[
            Optional(),
            Length(max=LONGEST_CODE, message=f"The code must be {LONGEST_CODE} characters or fewer"),
        ],
    )

    def offer(self, organisation: Organisation) -> None:
        """Of an organisation that the law names, its kind is the only one."""
        if organisation.kind in SET_BY_LAW:
            self.kind.choices = [SelectChoice(organisation.kind.value, organisation.kind.label)]

    @property
    def details(self) -> OrganisationDetails:
        """What was entered."""
        return OrganisationDetails(self.name.data, OrganisationKind(self.kind.data), self.mailbox.data, self.code.data)


class MergeForm(FlaskForm):
    """The organisation that a duplicate is merged into."""

    into = SelectField(
        "Merge into", validators=[required("Choose an organisation")], invalid_choice_message=NOT_IN_THE_LIST
    )

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """The organisations to choose from."""
        named = [SelectChoice(str(one.id), f"{one.name}, {one.code}") for one in organisations]
        self.into.choices = [SelectChoice("", "Choose an organisation"), *named]


class _PartForm(FlaskForm):
    """The role and the days of an organisation in a partnership."""

    role = RadioField(
        "Role",
        choices=[SelectChoice(role.value, role.label) for role in ROLES_BY_LEADS],
        default=BodyRole.PROVIDER.value,
        invalid_choice_message="Choose whether it is a member or a service provider",
    )
    from_on = UkDateField("First day", validators=[required("Enter the first day")])
    to_on = UkDateField("Last day", validators=[Optional()])

    @property
    def part(self) -> PartDetails:
        """What was entered."""
        return PartDetails(BodyRole(self.role.data), self.from_on.chosen, self.to_on.data)


class PartForm(_PartForm):
    """An organisation's role and days, changed."""


class AddPartForm(_PartForm):
    """One of the organisations in the list, or a new one, with its role and days."""

    organisation = SelectField("Organisation", invalid_choice_message=NOT_IN_THE_LIST)
    name = _name()
    kind = _kind()
    mailbox = _mailbox()

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """The organisations to choose from."""
        named = [SelectChoice(str(one.id), one.name) for one in organisations]
        self.organisation.choices = [SelectChoice("", A_NEW_ONE), *named]

    def validate(self, extra_validators: object = None) -> bool:
        """A new one needs a name and a kind."""
        is_valid = bool(super().validate(extra_validators))
        if self.organisation.data or not is_valid:
            return is_valid
        for field, message in ((self.name, "Enter a name"), (self.kind, "Choose a kind")):
            if not field.data:
                field.errors = [message]
                is_valid = False
        return is_valid

    @property
    def details(self) -> OrganisationDetails:
        """What a new one is."""
        return OrganisationDetails(self.name.data, OrganisationKind(self.kind.data), self.mailbox.data)


class CommencementForm(FlaskForm):
    """The day on which section 60 of the 2026 Act starts."""

    starts_on = UkDateField("Start date", validators=[required("Enter the start date")])


class OrganisationFilters(FilterForm):
    """Which organisations of the address book."""

    text = TextFilter("Name or code")
    kind = ChoiceFilter[OrganisationKind]("Kind")
    use = ChoiceFilter[Use]("Status")

    def __init__(self, arguments: Mapping[str, str]) -> None:
        super().__init__(arguments)
        kinds = [("", "All kinds"), *((kind.value, kind.label) for kind in OrganisationKind)]
        self.kind.offer({kind.value: kind for kind in OrganisationKind}, kinds)
        uses = [("", "All"), *((use.value, label) for use, label in USES.items())]
        self.use.offer({use.value: use for use in Use}, uses)

    @property
    def question(self) -> OrganisationQuestion:
        """What the list asks the database for."""
        return OrganisationQuestion(self.text.word, self.kind.value, self.use.value)
