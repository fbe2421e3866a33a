"""What someone answered by the link in an email, in words for emails."""

from datetime import date

from cycle_tracker.core.wording import day
from cycle_tracker.models.answer import AnswerKind


def answer_note(who: str, kind: AnswerKind, new_date: date | None, text: str) -> str:
    """A sentence: `Kirsty Bain, NHS Grampian answered that it needs a new date, 3 May 2026. “The board meets late.”`"""
    said = {
        AnswerKind.DONE: f"it was done on {day(new_date)}" if new_date else "it is done",
        AnswerKind.ON_TRACK: "it is on track",
        AnswerKind.NEEDS_A_NEW_DATE: f"it needs a new date, {day(new_date)}",
    }[kind]
    return f"{who} answered that {said}." + (f" “{text}”" if text else "")
