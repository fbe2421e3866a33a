"""The form for the decisions of a meeting: the minute once, and a row for each thing that waits."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectChoice, SelectField
from wtforms.validators import Length, Optional, ValidationError

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.documents.rules.explanations import LONGEST_EXPLANATION, SHORTEST_EXPLANATION
from cycle_tracker.governance.rules import MINUTE_NEEDED
from cycle_tracker.governance.web.meeting_form import LONGEST_NAME
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.models.decision import DecisionOutcome
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, LinesField, show_rule

UNDECIDED = ""
OUTCOMES = [
    SelectChoice(UNDECIDED, "Not decided"),
    SelectChoice(DecisionOutcome.NEW_DATE.value, "Agree a new expected date"),
    SelectChoice(DecisionOutcome.NEXT_STEPS.value, "Ask for next steps"),
    SelectChoice(DecisionOutcome.REFER_ON.value, "Refer it to someone else"),
    SelectChoice(DecisionOutcome.NO_ACTION.value, "Take no action"),
]
DATED = frozenset({DecisionOutcome.NEW_DATE, DecisionOutcome.NEXT_STEPS})
NAMED = {
    DecisionOutcome.NEXT_STEPS: "Enter the next step",
    DecisionOutcome.REFER_ON: "Enter who you are referring this to",
}
# What the rules call a field, and the field of a row that it is.
FIELDS = {
    "expected_on": "on",
    "next_due_on": "on",
    "next_title": "what",
    "referred_to": "what",
    "explanation": "why",
    "referral_reason": "why",
    "no_action_reason": "why",
}


class MeetingDecisionsForm(FlaskForm):
    """What holds for all decisions of the meeting."""

    minute = LineField(
        "Minute reference",
        validators=[
            Optional(),
            Length(max=LONGEST_NAME, message=f"The minute reference must be {LONGEST_NAME} characters or fewer"),
        ],
    )
    shared = BooleanField("Share the explanations of new dates with the Scottish Government", default=True)
    minuted = False

    def ask_for_minute(self, minuted: bool) -> None:
        """Say whether the minute has to be there."""
        self.minuted, self.minute.flags.optional = minuted, not minuted

    def require_minute(self) -> bool:
        """Whether the minute is there if the form asks for one; otherwise says so beside it."""
        if self.minuted and not self.minute.data:
            self.minute.errors = [MINUTE_NEEDED]
            return False
        return True


class RowForm(MilestoneForm):
    """What was decided about one thing. A row that is left as it is decides nothing."""

    outcome = SelectField("Decision", choices=OUTCOMES, validate_choice=False)
    on = UkDateField("Date", validators=[Optional()])
    what = LineField(
        "Next step, or who it is referred to",
        validators=[Optional(), Length(max=LONGEST_NAME, message=f"Use {LONGEST_NAME} characters or fewer")],
    )
    why = LinesField("Explanation or reason", validators=[Optional()])

    @property
    def chosen(self) -> DecisionOutcome | None:
        """The outcome of this row; None for one that was not decided."""
        return next((one for one in DecisionOutcome if one.value == self.outcome.data), None)

    def validate_outcome(self, field: Field) -> None:
        """Raises ValidationError for what was not offered, and for a row with words or a date and no decision."""
        if (field.data or UNDECIDED) not in {one.value for one in OUTCOMES}:
            raise ValidationError("Choose a decision from the list")
        if self.chosen is None and (self.on.data or self.what.data or self.why.data):
            raise ValidationError("Choose a decision, or clear what you entered")

    def ensure_complete(self) -> bool:
        """Whether everything is there that its decision needs; otherwise says so beside the fields."""
        outcome = self.chosen
        if outcome in DATED and self.on.data is None and not self.on.errors:
            self.on.errors = ["Enter the date"]
        if outcome in NAMED and not self.what.data:
            self.what.errors = [NAMED[outcome]]
        needs_words = outcome is not None and outcome is not DecisionOutcome.NEXT_STEPS
        if needs_words and not SHORTEST_EXPLANATION <= len(self.why.data or "") <= LONGEST_EXPLANATION:
            self.why.errors = [f"The explanation must be {SHORTEST_EXPLANATION} to {LONGEST_EXPLANATION:,} characters"]
        return not self.errors

    def show(self, rule: RuleBroken) -> None:
        """Put the words of a rule beside the field of this row that they belong to."""
        show_rule(self, RuleBroken(rule.message, field=FIELDS.get(rule.field or "", "outcome")))


def row_forms(escalations: Sequence[Escalation]) -> list[tuple[Escalation, RowForm]]:
    """A row for each of these, about its milestone as it was when the page was shown."""
    found: list[tuple[Escalation, RowForm]] = []
    for one in escalations:
        options: dict[str, Any] = {"prefix": f"e{one.id}-", "meta": {"csrf": False}}
        row = RowForm(**options)
        if not row.is_submitted():
            row.for_now(one.milestone)
        found.append((one, row))
    return found
