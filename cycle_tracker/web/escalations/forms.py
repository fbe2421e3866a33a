"""The form of a governance group's decision."""

from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from cycle_tracker.services.explanations import SHORTEST_EXPLANATION
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import MilestoneForm, clean, required

LONGEST_EXPLANATION = 2000


class DecisionForm(MilestoneForm):
    """A new expected date with its explanation."""

    expected_on = UkDateField("New expected date", validators=[required("Enter the new expected date")])
    explanation = TextAreaField(
        "Explanation",
        description="Say why the date has passed, and what will happen by the new one.",
        filters=[clean],
        validators=[
            required("Say why the date has passed and what will happen by the new one"),
            Length(
                min=SHORTEST_EXPLANATION,
                max=LONGEST_EXPLANATION,
                message=f"The explanation must be {SHORTEST_EXPLANATION} to {LONGEST_EXPLANATION:,} characters",
            ),
        ],
    )
    shared = BooleanField("Share this explanation with Scottish Government", default=True)
