"""What a mail says of the ladder: what came to whom, who raised it and why, and who will reply until when."""

from datetime import date

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.wording import day
from cycle_tracker.reminders.queries.waiting import NoticeLine

DECISIONS = "note a new expected date, ask for next steps, refer it on, or take no action"


def decision_note(line: NoticeLine) -> str:
    """Why this came to somebody who decides, and what they can do."""
    if line.audience is Audience.NATIONAL:
        return f"{_raised(line, 'the national group')} You can say by when you reply, and note a new expected date."
    if line.raised_why:
        return f"{_raised(line, 'your group')} Your group can {DECISIONS}."
    if line.audience is Audience.CHAIR:
        return f"You get this as chair, before it comes to your group. You can say by when you reply, {DECISIONS}."
    return f"Your group can {DECISIONS}."


def acknowledged_note(line: NoticeLine, today: date) -> str:
    """Who has seen this and replies until when; empty where nobody does, or the day has passed."""
    if line.reply_by is None or line.reply_by < today or not line.acknowledged_by:
        return ""
    return f"{line.acknowledged_by} has seen this and replies by {day(line.reply_by)}."


def _raised(line: NoticeLine, to: str) -> str:
    return f"{line.raised_by or 'Somebody'} raised this to {to}: “{line.raised_why}”"
