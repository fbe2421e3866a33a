"""What an email says about an escalation: to whom, by whom and why, and who will reply by when."""

from datetime import date

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.wording import count, day
from cycle_tracker.reminders.queries.waiting import NoticeLine
from cycle_tracker.reminders.rules.steps import UNDECIDED

DECISIONS = "agree a new expected date, ask for next steps, refer it to someone else, or take no action"


def decision_note(line: NoticeLine) -> str:
    """Why someone who decides got this, and what they can do."""
    if line.step.startswith(UNDECIDED):
        days = count(int(line.step.removeprefix(UNDECIDED)), "day")
        return (
            f"This has waited for your group for {days}, and no meeting to come is entered. Your group can "
            f"{DECISIONS}. Or enter its next meeting and put this on the agenda."
        )
    if line.audience is Audience.NATIONAL:
        raised = _raised(line, "the Scottish Government escalation group")
        return f"{raised} You can give a reply date, and agree a new expected date."
    if line.raised_why:
        return f"{_raised(line, 'your group')} Your group can {DECISIONS}."
    if line.audience is Audience.CHAIR:
        return f"You get this as chair, before it is escalated to your group. You can give a reply date, {DECISIONS}."
    return f"Your group can {DECISIONS}."


def with_group_note(line: NoticeLine) -> str:
    """For the owner and the leads: that their governance group was notified, while it is open there."""
    if line.with_group_since is None:
        return ""
    return f"Your governance group was notified of this on {day(line.with_group_since)}."


def acknowledged_note(line: NoticeLine, today: date) -> str:
    """Who has seen this and replies until when; empty where nobody does, or the day has passed."""
    if line.reply_by is None or line.reply_by < today or not line.acknowledged_by:
        return ""
    return f"{line.acknowledged_by} has seen this and will reply by {day(line.reply_by)}."


def _raised(line: NoticeLine, to: str) -> str:
    stop = "" if line.raised_why.endswith((".", "!", "?")) else "."
    return f"{line.raised_by or 'Someone'} escalated this to {to}. They wrote “{line.raised_why}”{stop}"
