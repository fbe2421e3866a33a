"""Labels and sentences for answers that came by the links of emails."""

from collections.abc import Iterable
from dataclasses import dataclass

from cycle_tracker.answers.queries import Question
from cycle_tracker.answers.services import ContactAnswer
from cycle_tracker.core.clock import london_time
from cycle_tracker.core.wording import day
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.web.wording import moment

NO_LONGER_KEPT = "Someone whose name we no longer keep"


@dataclass(frozen=True)
class AnswerRow:
    """One answer, as the macro for histories shows it."""

    what: str
    who: str
    when: str
    stamp: str
    detail: str


def answer_lines(answers: Iterable[Answer]) -> list[AnswerRow]:
    """The answers in their order."""
    return [
        AnswerRow(
            what=kind_words(one),
            who=who_answered(one),
            when=moment(one.answered_at),
            stamp=london_time(one.answered_at).isoformat(timespec="minutes"),
            detail=one.text,
        )
        for one in answers
    ]


def kind_words(answer: Answer) -> str:
    """What was answered: `It needs a new date, 3 May 2026`."""
    return {
        AnswerKind.DONE: "It is done",
        AnswerKind.ON_TRACK: "It is on track",
        AnswerKind.NEEDS_A_NEW_DATE: f"It needs a new date, {day(answer.new_date)}",
    }[answer.kind]


def who_answered(answer: Answer) -> str:
    """A person, or a contact with the organisation they speak for."""
    if answer.contact is not None:
        organisation = f", {answer.contact.organisation_name}" if answer.contact.organisation else ""
        return f"{answer.contact.name}{organisation} (contact)"
    return answer.user.name if answer.user is not None else NO_LONGER_KEPT


def recorded_words(said: ContactAnswer, question: Question) -> str:
    """What the answer did, for whoever gave it."""
    place = question.milestone.partnership.name if question.milestone.partnership else "Scotland"
    if question.contact is not None:
        return f"We will email your answer to the owner in {place}."
    return {
        AnswerKind.DONE: f"This is marked as done on {day(said.done_on)}. We will stop sending reminders.",
        AnswerKind.ON_TRACK: "This is marked as in progress and on track.",
        AnswerKind.NEEDS_A_NEW_DATE: f"The planning lead of {place} will see that you asked for {day(said.new_date)}. "
        "The date does not change until they move it.",
    }[said.kind]
