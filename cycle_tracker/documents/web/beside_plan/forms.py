"""The forms about what is recorded beside a plan."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField
from wtforms.validators import Length, Optional

from cycle_tracker.core.kinds import PowerUsed
from cycle_tracker.core.web_addresses import LONGEST_ADDRESS
from cycle_tracker.documents.services.beside_plan.notes import DirectionDetails, NoticeDetails
from cycle_tracker.documents.web.forms import LONGEST_REASON
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.models.approval import Disagreement
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, LinesField, required
from cycle_tracker.web.web_address import is_web_address

LONGEST_NAME = 300
NOT_KNOWN = "Leave it empty if it is not known"
REASONS_HINT = "Leave it empty if they are not known. The notice is then shown as incomplete"


class OwnStartForm(MilestoneForm):
    """On which day a plan starts, and what allowed that."""

    starts_on = UkDateField(
        "Date the plan starts",
        description="For example, 01/04/2027",
        validators=[required("Enter the date the plan starts")],
    )
    allowed_by = LinesField(
        "Law or reason that allowed it",
        description="For example, the Act and section that let the plan start later",
        validators=[
            required("Enter the law or reason that allowed the plan to start late"),
            Length(max=LONGEST_REASON, message=f"The law or reason must be {LONGEST_REASON:,} characters or fewer"),
        ],
    )


def _line(label: str, description: str, *validators: Any) -> Any:
    too_long = f"{label} must be {LONGEST_NAME} characters or fewer"
    return LineField(
        label, description=description, validators=[*validators, Length(max=LONGEST_NAME, message=too_long)]
    )


def _lines(label: str, description: str, *validators: Any) -> Any:
    too_long = f"{label} must be {LONGEST_REASON:,} characters or fewer"
    return LinesField(
        label, description=description, validators=[*validators, Length(max=LONGEST_REASON, message=too_long)]
    )


def _address(label: str) -> Any:
    too_long = f"The address must be {LONGEST_ADDRESS:,} characters or fewer"
    return LineField(
        label,
        description=NOT_KNOWN,
        validators=[Optional(), Length(max=LONGEST_ADDRESS, message=too_long), is_web_address],
    )


class DisagreementForm(MilestoneForm):
    """A notice of disagreement: whose it is, and what is known of it."""

    body = RadioField("Who published the notice", invalid_choice_message="Choose who published the notice")
    service = _line("Service that it is about", NOT_KNOWN, Optional())
    matters = _lines("What the body does not agree with", NOT_KNOWN, Optional())
    reasons = _lines("Reasons", REASONS_HINT, Optional())
    address = _address("Web address of the notice")
    published_on = UkDateField(
        "Date of the notice",
        description="For example, 30/06/2026. Leave it empty if it is not known",
        validators=[Optional()],
    )

    def offer(self, bodies: Sequence[Organisation]) -> None:
        """Offer these bodies."""
        self.body.choices = {str(one.id): one.name for one in bodies}

    @classmethod
    def of(cls, notice: Disagreement) -> "DisagreementForm":
        """The form with what is recorded of a notice. Whose it is stays."""
        names = ("service", "matters", "reasons", "address", "published_on")
        form = cls(data={name: getattr(notice, name) for name in names})
        del form.body
        return form

    def details(self) -> NoticeDetails:
        """What the person wrote."""
        return NoticeDetails(
            service=self.service.data or "",
            matters=self.matters.data or "",
            reasons=self.reasons.data or "",
            address=self.address.data or "",
            published_on=self.published_on.data,
        )


class DirectionForm(MilestoneForm):
    """A direction of Scottish Ministers."""

    given_on = UkDateField(
        "Date of the direction",
        description="For example, 30/06/2026",
        validators=[required("Enter the date of the direction")],
    )
    given_to = _line(
        "Who it was given to", "For example, the council and the health board", required("Enter who it was given to")
    )
    section = RadioField(
        "Section of the 2014 Act",
        choices={one.value: one.label for one in PowerUsed},
        invalid_choice_message="Choose the section",
    )
    about = _lines("What it is about", "In a sentence or two", required("Enter what the direction is about"))
    address = _address("Web address of the direction")

    def details(self) -> DirectionDetails:
        """What the person wrote."""
        return DirectionDetails(
            given_on=self.given_on.chosen,
            given_to=self.given_to.data,
            section=PowerUsed(self.section.data),
            about=self.about.data,
            address=self.address.data or "",
        )
