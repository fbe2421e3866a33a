"""The forms about the facts of a publication."""

from collections.abc import Iterable, Sequence

from wtforms import BooleanField, FieldList, FileField, Form, FormField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.rules.languages import LANGUAGES, USUAL
from cycle_tracker.documents.services.publications import MOST_ADDRESSES, PublishedAddress
from cycle_tracker.documents.web.forms import LONGEST_REASON, THIS_IS_RIGHT
from cycle_tracker.documents.web.register.presenters import FORMS
from cycle_tracker.documents.web.versions import version_label
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.publication import Form as DocumentForm
from cycle_tracker.models.publication import Publication, Version
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, LinesField, required
from cycle_tracker.web.web_address import is_web_address

NOT_OFFERED = "Choose from the list"
SPARE_ROWS = 2


class BoxesField(SelectMultipleField):
    """Boxes to tick. What is not offered is refused, whatever it is."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    @property
    def ticked(self) -> list[str]:
        """The boxes that are ticked; none in a form that was sent with nothing in it."""
        return self.data or []


class PlaceForm(Form):
    """Where one form of the document is published, in one language. Without an address it counts for nothing."""

    form = SelectField(
        "Format",
        choices={one.value: FORMS[one] for one in DocumentForm},
        default=DocumentForm.FULL.value,
        invalid_choice_message="Choose a format from the list",
    )
    language = SelectField(
        "Language",
        choices=LANGUAGES,
        default=USUAL,
        invalid_choice_message="Choose a language from the list",
    )
    address = LineField(
        "Web address",
        validators=[Optional(), is_web_address],
    )


class FactsForm(MilestoneForm):
    """The version, the days and the addresses."""

    which = RadioField("Version", default=Version.FINAL.value, invalid_choice_message="Choose the version")
    published_on = UkDateField(
        "Date it was published",
        description="For example, 30/06/2026. Leave it empty if the date is not known",
        validators=[Optional()],
    )
    newer_on = UkDateField("Date this newer version was published", validators=[Optional()])
    interim_until = UkDateField(
        "Last day that it covers, if this is a one-year or interim plan",
        description="For example, 31/03/2027",
        validators=[Optional()],
    )
    confirmed = BooleanField(THIS_IS_RIGHT)
    places = FieldList(FormField(PlaceForm), "Addresses", max_entries=MOST_ADDRESSES + SPARE_ROWS)

    def offer(self, document: Milestone, publication: Publication | None) -> None:
        """Offer the versions that this publication may be, and no day of a newer version where there is none. Only a
        plan can be for a part of its period."""
        present = publication.version if publication is not None else None
        is_plan = document.kind is Kind.PLAN
        offered = {Version.DRAFT, Version.FINAL, present} | ({Version.INTERIM} if is_plan else set())
        self.which.choices = {one.value: version_label(one, document.kind) for one in Version if one in offered}
        if not is_plan:
            del self.interim_until
        if publication is None or not publication.is_newer:
            del self.newer_on
        else:
            self.published_on.label.text = "Date the first version was published"

    def show_places(self, places: Iterable[PublishedAddress]) -> None:
        """Show these addresses, and some empty rows after them, each for a form that is not there yet."""
        there = list(places)
        for one in there:
            self.places.append_entry({"form": one.form.value, "language": one.language, "address": one.address})
        missing = [form for form in DocumentForm if form not in {one.form for one in there}]
        for form in (*missing, *DocumentForm)[:SPARE_ROWS]:
            self.places.append_entry({"form": form.value, "language": USUAL, "address": ""})

    def chosen_places(self) -> list[PublishedAddress]:
        """The rows in which an address was written."""
        return [
            PublishedAddress(DocumentForm(row["form"]), row["language"], row["address"])
            for row in self.places.data
            if row["address"]
        ]


class CopiesForm(MilestoneForm):
    """Who was sent a copy, and when."""

    receivers = BoxesField("Sent to", invalid_choice_message=NOT_OFFERED)
    sent_on = UkDateField(
        "Date it was sent",
        description="For example, 30/06/2026",
    )
    date_not_known = BooleanField("The date is not known")
    confirmed = BooleanField(THIS_IS_RIGHT)

    def offer(self, receivers: Sequence[Organisation], *, with_mailbox: bool = True) -> None:
        """Offer these receivers, those that can be sent an email with their address if `with_mailbox`."""
        self.receivers.choices = {
            str(one.id): f"{one.name} ({one.mailbox})" if one.mailbox and with_mailbox else one.name
            for one in receivers
        }

    def chosen(self, receivers: Sequence[Organisation]) -> list[Organisation]:
        """Those of them that were ticked."""
        return [one for one in receivers if str(one.id) in self.receivers.ticked]


class CopyForm(MilestoneForm):
    """When one receiver was sent a copy, and when it came there."""

    sent_on = UkDateField(
        "Date it was sent",
        description="For example, 30/06/2026. Leave it empty if the date is not known",
        validators=[Optional()],
    )
    received_on = UkDateField(
        "Date it was received",
        description="The date on their letter or email of receipt. Leave it empty until you have one",
        validators=[Optional()],
    )
    confirmed = BooleanField(THIS_IS_RIGHT)


class NewerVersionForm(MilestoneForm):
    """Where and when a newer version was published, what is new in it, and what it asks for again."""

    address = LineField(
        "Web address of the newer version",
        validators=[
            required("Enter the web address of the newer version"),
            is_web_address,
        ],
    )
    published_on = UkDateField(
        "Date it was published", validators=[required("Enter the date on which it was published")]
    )
    reason = LinesField(
        "What has changed",
        validators=[
            required("Enter what has changed in this version"),
            Length(max=LONGEST_REASON, message=f"This must be {LONGEST_REASON:,} characters or fewer"),
        ],
    )
    steps = BoxesField("Steps to reopen", invalid_choice_message=NOT_OFFERED)


class KeptCopyForm(MilestoneForm):
    """A copy of the document itself."""

    file = FileField("File", validators=[required("Choose a file")])
