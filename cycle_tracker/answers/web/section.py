"""The part of a milestone's page that says what was answered by mail."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.answers.queries import newest_answers
from cycle_tracker.answers.web.presenters import AnswerRow, answer_lines
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.web.page_parts import Section


@dataclass(frozen=True)
class AnswersSection:
    """The newest answers, the newest first."""

    lines: list[AnswerRow]
    seen_by: str


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:  # noqa: ARG001
    """The answers, for the people of the partnership and auditors; nothing where nobody answered. One statement."""
    milestone = on_page.milestone
    if not on_page.has.answers or detail is not Detail.EVERYTHING or milestone.partnership is None:
        return None
    found = newest_answers(milestone)
    seen_by = f"People in {milestone.partnership.name} and auditors."
    return Section("answers/section.html", AnswersSection(answer_lines(found), seen_by))
