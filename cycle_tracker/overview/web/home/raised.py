"""Home: documents that were raised to the Scottish Government escalation group."""

from datetime import date

from cycle_tracker.core import addresses
from cycle_tracker.core.statements import Asked
from cycle_tracker.overview.queries.group_escalations import Raised
from cycle_tracker.web.page_parts import Task
from cycle_tracker.web.wording import day


def tasks(asked: Asked, today: date) -> list[Task]:
    """What was raised and is open, the first raised before the others. One statement."""
    return [
        Task(
            title=f"{row.partnership}: {row.title}",
            address=addresses.milestone(row.slug, row.key),
            summary=f"Escalated by {row.raised_by or 'someone'} on {day(row.fell_due_on)}: “{row.raised_why}”"
            + _reply(row, today),
            status="Reply needed" if row.of_the_group and row.reply_by is None else "Escalated",
            colour="purple",
        )
        for row in (Raised(*found) for found in asked.rows())
    ]


def _reply(row: Raised, today: date) -> str:
    if row.reply_by is None:
        return ""
    replies = "will reply" if row.reply_by >= today else "was due to reply"
    return f" {row.acknowledged_by} {replies} by {day(row.reply_by)}."
