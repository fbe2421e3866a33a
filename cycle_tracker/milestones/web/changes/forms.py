"""The forms that set a milestone right."""

from flask_wtf import FlaskForm
from wtforms.validators import Length

from cycle_tracker.milestones.services.local_milestones import LONGEST_TITLE
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.choices import OfferedField
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, LinesField, required

LONGEST_REASON = 1000
NOT_AN_OWNER = "Choose an owner from the list"
TITLE_TOO_LONG = f"The title must be {LONGEST_TITLE} characters or fewer"
REASON_TOO_LONG = f"The reason must be {LONGEST_REASON:,} characters or fewer"


class OwnerForm(MilestoneForm):
    """Who owns it from now on."""

    owner = OfferedField("New owner", refusal=NOT_AN_OWNER)


class DropForm(MilestoneForm):
    """Why it will not be done."""

    reason = LinesField(
        "Reason for dropping this",
        validators=[
            required("Enter the reason for dropping this"),
            Length(max=LONGEST_REASON, message=REASON_TOO_LONG),
        ],
    )


class ReopenForm(MilestoneForm):
    """Why it is opened again."""

    reason = LinesField(
        "Reason for reopening this",
        validators=[
            required("Enter the reason for reopening this"),
            Length(max=LONGEST_REASON, message=REASON_TOO_LONG),
        ],
    )


class DetailsNotKnownForm(MilestoneForm):
    """Why nobody can record what completes it."""

    reason = LinesField(
        "Why the details are not known",
        validators=[
            required("Enter the reason why the details are not known"),
            Length(max=LONGEST_REASON, message=REASON_TOO_LONG),
        ],
    )


class LeadOrganisationForm(MilestoneForm):
    """Which body leads on it."""

    lead_organisation = OfferedField("Lead organisation", refusal="Choose an organisation from the list")


class EditForm(LeadOrganisationForm):
    """What a local milestone is called, its stage and its lead organisation."""

    title = LineField(
        "Title",
        validators=[
            required("Enter a title"),
            Length(max=LONGEST_TITLE, message=TITLE_TOO_LONG),
        ],
    )
    stage = OfferedField("Stage of the cycle", refusal="Choose a stage from the list")


class SubTaskForm(FlaskForm):
    """A part of the work, with its own date and owner."""

    title = LineField(
        "Title",
        validators=[
            required("Enter a title"),
            Length(max=LONGEST_TITLE, message=TITLE_TOO_LONG),
        ],
    )
    due_on = UkDateField("Due date", description="Leave this empty if there is no date yet. For example, 30/06/2026")
    owner = OfferedField("Owner", refusal=NOT_AN_OWNER)


class PredecessorForm(FlaskForm):
    """What should be finished first."""

    predecessor = OfferedField("Milestone to finish first", refusal="Choose a milestone from the list")
