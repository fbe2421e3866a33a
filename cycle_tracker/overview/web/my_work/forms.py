"""The form of one reply to several milestones."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import Length, StopValidation

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.milestones.services.milestones import ensure_past_day
from cycle_tracker.overview.rules.replies import Answer
from cycle_tracker.overview.services.replies import Reply
from cycle_tracker.web.date_field import UkDateField
from cycle_tracker.web.forms import HiddenLineField, LinesField
from cycle_tracker.web.ticks import TicksField

LONGEST_NOTE = 1000


class ReplyForm(FlaskForm):
    """What is ticked, what is said of it, and whether it was looked at on the page before."""

    ticked = TicksField("Milestones")
    answer = RadioField(
        "Choose an update",
        choices={answer.value: answer.label for answer in Answer},
        validate_choice=False,
    )
    done_on = UkDateField("Date they were done", description="Only for “Done”. For example, 30/06/2026")
    note = LinesField(
        "Note",
        description="Only for “Still on track”. We add this as a comment that only the partnership can see.",
        validators=[Length(max=LONGEST_NOTE, message=f"The note must be {LONGEST_NOTE:,} characters or fewer")],
    )
    confirmed = HiddenLineField()

    def validate_answer(self, field: RadioField) -> None:
        """Raises StopValidation where nothing that is offered was chosen."""
        if field.data not in [answer.value for answer in Answer]:
            raise StopValidation("Choose an update")

    @property
    def is_confirmed(self) -> bool:
        """True where the person saw what will happen, and says so."""
        return bool(self.confirmed.data == "yes")

    def reply(self) -> Reply:
        """What is said, in a form that was found valid."""
        answer = Answer(self.answer.data)
        return Reply(
            answer,
            done_on=self.done_on.data if answer is Answer.DONE else None,
            note=self.note.data if answer is Answer.ON_TRACK else "",
        )

    def is_right_on(self, today: date) -> bool:
        """True where a reply was sent that can be given today; otherwise its fields say what is wrong."""
        if not self.validate_on_submit():
            return False
        if self.answer.data != Answer.DONE.value:
            return True
        if self.done_on.data is None:
            self.done_on.errors = [*self.done_on.errors, "Enter the date they were done"]
            return False
        try:
            ensure_past_day(self.done_on.data, today, field="done_on")
        except RuleBroken as rule:
            self.done_on.errors = [*self.done_on.errors, rule.message]
            return False
        return True
