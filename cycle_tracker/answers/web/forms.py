"""The form of the single question."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired, Length

from cycle_tracker.answers.queries import Question
from cycle_tracker.answers.services import LONGEST_TEXT, ContactAnswer
from cycle_tracker.models.answer import AnswerKind
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import LinesField

LABELS = {
    AnswerKind.DONE: "Done",
    AnswerKind.ON_TRACK: "Not done, on track",
    AnswerKind.NEEDS_A_NEW_DATE: "Not done, needs a new date",
}


class AnswerForm(FlaskForm):
    """Is it done? On track? Does it need a new date?"""

    kind = RadioField("Is this done?", validators=[InputRequired("Choose an update")], validate_choice=True)
    done_on = UkDateField("Date done, if it is done")
    new_date = UkDateField("New date, if it needs one")
    text = LinesField(
        "Reason, if it needs a new date",
        validators=[Length(max=LONGEST_TEXT, message=f"Your answer must be {LONGEST_TEXT:,} characters or fewer")],
    )

    def offer(self, question: Question) -> None:
        """Give the answers that whoever is asked may give: what is done by its publication is not done by a mail, and
        a contact says no day for what others record."""
        kinds = [kind for kind in AnswerKind if not (kind is AnswerKind.DONE and question.milestone.is_done_by_facts)]
        self.kind.choices = [SelectChoice(kind.value, LABELS[kind]) for kind in kinds]
        if question.milestone.is_done_by_facts:
            self.kind.label.text = "What is the status?"
        if question.milestone.is_done_by_facts or question.contact is not None:
            del self.done_on

    @property
    def said(self) -> ContactAnswer:
        """What was answered, once the form is valid; a field that belongs to another answer counts for nothing."""
        kind = AnswerKind(self.kind.data)
        needs_date = kind is AnswerKind.NEEDS_A_NEW_DATE
        return ContactAnswer(
            kind,
            done_on=self.done_on.data if kind is AnswerKind.DONE and "done_on" in self else None,
            new_date=self.new_date.data if needs_date else None,
            text=self.text.data if needs_date else "",
        )
