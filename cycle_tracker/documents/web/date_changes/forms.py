"""The forms of a changed date."""

from wtforms import BooleanField
from wtforms.validators import Length

from cycle_tracker.documents.rules.explanations import LONGEST_EXPLANATION, SHORTEST_EXPLANATION
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.web.cause_field import CauseField
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LinesField, required

SHARE = "Share this explanation with the Scottish Government"
LENGTH = f"The explanation must be {SHORTEST_EXPLANATION} to {LONGEST_EXPLANATION:,} characters"
LONGEST_REASON = 2000


class LocalDateForm(MilestoneForm):
    """Another date to work to, with a reason."""

    due_on = UkDateField("New date", validators=[required("Enter the new date")])
    cause = CauseField()
    reason = LinesField(
        "Reason for the new date",
        validators=[
            required("Enter the reason for the new date"),
            Length(max=LONGEST_REASON, message=f"The reason must be {LONGEST_REASON:,} characters or fewer"),
        ],
    )


class ExplanationForm(MilestoneForm):
    """A new expected date with its explanation, as an official gives it: shared in any case. `is_filled_in` says that
    it begins with the words of the current note."""

    is_filled_in = False

    expected_on = UkDateField("New expected date", validators=[required("Enter the new expected date")])
    cause = CauseField()
    explanation = LinesField(
        "Explanation",
        description="Explain why the date was or will be missed, and what will happen by the new date.",
        validators=[
            required("Explain why the date was or will be missed, and what will happen by the new date"),
            Length(min=SHORTEST_EXPLANATION, max=LONGEST_EXPLANATION, message=LENGTH),
        ],
    )


class LocalExplanationForm(ExplanationForm):
    """The same for the people of a partnership, who say whether it is shared."""

    shared = BooleanField(SHARE, default=True)


class NoteForm(MilestoneForm):
    """To note what was proposed, shared or not."""

    shared = BooleanField(SHARE, default=True)


class RefusalForm(MilestoneForm):
    """Why a proposal is declined."""

    why = LinesField(
        "Reason for declining",
        description="The planning leads will see this.",
        validators=[
            required("Enter the reason for declining"),
            Length(max=LONGEST_REASON, message=f"The reason must be {LONGEST_REASON:,} characters or fewer"),
        ],
    )
