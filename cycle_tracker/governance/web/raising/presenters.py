"""What is open of an escalation, in words."""

from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.audiences import Audience
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.web.wording import count, day

CAME_TO = {
    Audience.OWNER: "the owner",
    Audience.LEAD: "the owner and the planning leads",
    Audience.CHAIR: "the chair of the governance group",
    Audience.GOVERNANCE: "the governance group",
    Audience.NATIONAL: "the Scottish Government escalation group",
}


@dataclass(frozen=True)
class RungRow:
    """One rung that is open: to whom it came and when, who raised it and why, and who replies by when."""

    what: str
    raised: str
    why: str
    acknowledged: str


def rung_line(rung: Escalation, today: date) -> RungRow:
    """A rung as the page of its milestone shows it."""
    return RungRow(
        what=f"Escalated to {CAME_TO[rung.audience]} on {day(rung.fell_due_on)}, {late_words(rung)}.",
        raised=raised_words(rung),
        why=rung.raised_why,
        acknowledged=acknowledged_words(rung, today),
    )


def late_words(rung: Escalation) -> str:
    """How long after its date, or before it, something came to somebody."""
    days = (rung.fell_due_on - rung.due_on).days
    if days == 0:
        return "on the due date"
    return f"{count(days, 'day')} after the due date" if days > 0 else f"{count(-days, 'day')} before the due date"


def raised_words(rung: Escalation) -> str:
    """Who raised it; empty where its stage was reached."""
    return f"Escalated by {rung.raised_by.name}" if rung.raised_by else ""


def acknowledged_words(rung: Escalation, today: date) -> str:
    """Who has seen it and replies by when, or that the day has passed; empty where nobody has said so."""
    if rung.reply_by is None or rung.acknowledged_by is None:
        return ""
    if rung.meeting_id is not None:
        if rung.reply_by < today:
            return f"This was on the agenda of the meeting on {day(rung.reply_by)}, and no decision is recorded."
        return f"{rung.acknowledged_by.name} put this on the agenda of the meeting on {day(rung.reply_by)}."
    if rung.reply_by < today:
        return f"{rung.acknowledged_by.name} was due to reply by {day(rung.reply_by)}."
    return f"{rung.acknowledged_by.name} has seen this and will reply by {day(rung.reply_by)}."
