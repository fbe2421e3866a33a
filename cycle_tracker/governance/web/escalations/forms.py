"""The form of a governance group's decision: four outcomes, each with its fields and a button of its own."""

from collections.abc import Callable, Sequence

from flask import request
from wtforms import BooleanField, Field, SelectField
from wtforms.validators import Length, ValidationError

from cycle_tracker.documents.rules.explanations import LONGEST_EXPLANATION, SHORTEST_EXPLANATION
from cycle_tracker.governance.web.meeting_form import LONGEST_NAME, NONE_OF_THESE, MeetingForm
from cycle_tracker.milestones.services.next_steps import LONGEST_TITLE
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.decision import DecisionOutcome
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.user import User
from cycle_tracker.web.cause_field import CauseField
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LineField, LinesField, required


def wanted_for(outcome: DecisionOutcome, message: str) -> Callable[["DecisionForm", Field], None]:
    """A validator that asks for something where this outcome is decided, and lets its field be empty otherwise."""
    ask = required(message)

    def check(form: "DecisionForm", field: Field) -> None:
        if form.outcome is outcome:
            ask(form, field)

    return check


def explains(form: "DecisionForm", field: Field) -> None:
    """Raises ValidationError for the words of the outcome that is decided where they are too few or too many."""
    length = len(field.data or "")
    if length > LONGEST_EXPLANATION or (form.reason_field is field and length < SHORTEST_EXPLANATION):
        raise ValidationError(f"The explanation must be {SHORTEST_EXPLANATION} to {LONGEST_EXPLANATION:,} characters")


class DecisionForm(MeetingForm):
    """What the group decides. The fields of the other outcomes are left alone. `is_filled_in` says that it begins with
    an explanation."""

    is_filled_in = False

    expected_on = UkDateField(
        "New expected date", validators=[wanted_for(DecisionOutcome.NEW_DATE, "Enter the new expected date")]
    )
    cause = CauseField()
    explanation = LinesField(
        "Explanation",
        description="Say why the date has passed, and what will happen by the new date.",
        validators=[
            wanted_for(DecisionOutcome.NEW_DATE, "Say why the date has passed and what will happen by the new date"),
            explains,
        ],
    )
    shared = BooleanField("Share this explanation with the Scottish Government", default=True)

    next_title = LineField(
        "Next step",
        validators=[
            wanted_for(DecisionOutcome.NEXT_STEPS, "Enter the next step"),
            Length(max=LONGEST_TITLE, message=f"The next step must be {LONGEST_TITLE} characters or fewer"),
        ],
    )
    next_owner = SelectField("Who will do it", validate_choice=False)
    next_due_on = UkDateField("Due date", validators=[wanted_for(DecisionOutcome.NEXT_STEPS, "Enter the due date")])

    referred_to = LineField(
        "Refer to",
        description="For example, the Community Planning Partnership board",
        validators=[
            wanted_for(DecisionOutcome.REFER_ON, "Enter who you are referring this to"),
            Length(max=LONGEST_NAME, message=f"“Refer to” must be {LONGEST_NAME} characters or fewer"),
        ],
    )
    referral_reason = LinesField(
        "Reason for referring this",
        validators=[wanted_for(DecisionOutcome.REFER_ON, "Enter the reason for referring this"), explains],
    )

    no_action_reason = LinesField(
        "Reason for taking no action",
        validators=[wanted_for(DecisionOutcome.NO_ACTION, "Enter the reason for taking no action"), explains],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.outcome = self._outcome_pressed()

    def offer(self, meetings: Sequence[Meeting], owners: Sequence[User], *, minuted: bool = False) -> None:
        """Let the person choose from these meetings and owners, and from nothing else. With `minuted` the meeting and
        the minute are asked for."""
        self.offer_meetings(meetings, minuted=minuted)
        self.next_owner.choices = [
            (NONE_OF_THESE, "No one yet (we will email the planning leads)"),
            *((str(person.id), person.name) for person in owners),
        ]

    def start_from(self, proposal: DateChange | None, note: DateChange | None) -> None:
        """Fill in the date and the explanation that were proposed, so that noting them is one press; or the words of
        the current note, as it is shared."""
        if proposal is not None:
            self.expected_on.data = proposal.new_due_on
        if (words := proposal or note) is not None:
            self.explanation.data, self.shared.data = words.reason, words.shared
            self.cause.data, self.is_filled_in = words.cause, True

    def validate_next_owner(self, field: Field) -> None:
        """Raises ValidationError for somebody who was not offered."""
        if (field.data or NONE_OF_THESE) not in {value for value, _ in field.choices}:
            raise ValidationError("Choose someone from the list")

    @property
    def reason_field(self) -> Field | None:
        """The field of the words that go with the outcome."""
        return {
            DecisionOutcome.NEW_DATE: self.explanation,
            DecisionOutcome.REFER_ON: self.referral_reason,
            DecisionOutcome.NO_ACTION: self.no_action_reason,
        }.get(self.outcome)

    def typed(self) -> list[tuple[str, str]]:
        """What the person wrote for the outcome that they decided."""
        fields: dict[DecisionOutcome, tuple[Field, ...]] = {
            DecisionOutcome.NEW_DATE: (self.expected_on, self.explanation),
            DecisionOutcome.NEXT_STEPS: (self.next_title, self.next_due_on),
            DecisionOutcome.REFER_ON: (self.referred_to, self.referral_reason),
            DecisionOutcome.NO_ACTION: (self.no_action_reason,),
        }
        shown = (*fields[self.outcome], self.minute)
        return [(field.label.text, str(field._value() or "")) for field in shown if field._value()]

    @staticmethod
    def _outcome_pressed() -> DecisionOutcome:
        """The outcome of the button that was pressed; a form that names none is one of a new date."""
        pressed = request.form.get("outcome", "")
        return next((one for one in DecisionOutcome if one.value == pressed), DecisionOutcome.NEW_DATE)
