"""What came to the governance groups, as rows of a file."""

from collections.abc import Iterable, Mapping
from datetime import date

from cycle_tracker.governance.services.decision_words import dispute_words, made_by, meeting_words, what_was_decided
from cycle_tracker.governance.web.escalations.presenters import explanation_words, late_wording, settled_wording
from cycle_tracker.governance.web.raising.presenters import CAME_TO
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.web.sheets import Cell

FILE_COLUMNS = (
    "Milestone",
    "Partnership",
    "Owner",
    "Due date",
    "Days overdue",
    "Escalated on",
    "Days overdue when escalated",
    "Status",
    "Last decision",
    "Reason",
    "Made by",
    "Meeting and minute",
    "Explanation",
    "Escalated to",
    "Escalated by",
    "Reason for escalating",
    "Who will reply",
    "Reply date",
    "Dispute",
)


def file_rows(
    escalations: Iterable[Escalation],
    explanations: Mapping[int, DateChange],
    decisions: Mapping[int, list[Decision]],
    today: date,
) -> list[list[Cell]]:
    """Escalations as rows of a file, under FILE_COLUMNS."""
    return [_file_row(one, explanations, decisions, today) for one in escalations]


def _file_row(
    one: Escalation,
    explanations: Mapping[int, DateChange],
    decisions: Mapping[int, list[Decision]],
    today: date,
) -> list[Cell]:
    milestone = one.milestone
    last = next(iter(decisions.get(one.id, ())), None)
    return [
        milestone.title,
        milestone.partnership.name if milestone.partnership else "",
        milestone.owner.name if milestone.owner else "",
        milestone.due_on,
        late_wording(milestone, today),
        one.fell_due_on,
        one.rung,
        settled_wording(one),
        what_was_decided(last) if last else "",
        last.text if last else "",
        made_by(last) if last else "",
        meeting_words(last) if last else "",
        explanation_words(explanations.get(one.milestone_id)),
        CAME_TO[one.audience][4:].capitalize(),
        one.raised_by.name if one.raised_by else "",
        one.raised_why,
        one.acknowledged_by.name if one.acknowledged_by else "",
        one.reply_by,
        dispute_words(last) if last else "",
    ]
