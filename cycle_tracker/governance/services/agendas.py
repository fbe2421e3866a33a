"""What is on the agenda of a meeting, when the meeting moves."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.governance.rules import FURTHEST_AGENDA
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Meeting


def move_agenda(meeting: Meeting, today: date) -> None:
    """Let the group reply by the new day to what is on the agenda of a meeting that moved, at most 120 days after it
    was put there. The rules are asked again, as an escalation stage may open earlier now. The clerk is asked
    again about a meeting that is to come."""
    if meeting.held_on >= today:
        meeting.asked_before_at = meeting.asked_after_at = None
    for escalation in db.session.scalars(
        select(Escalation)
        .where(
            Escalation.meeting_id == meeting.id,
            Escalation.resolved_at.is_(None),
            Escalation.decided_at.is_(None),
        )
        .options(joinedload(Escalation.milestone))
        .order_by(Escalation.id)
    ):
        latest = london_day(escalation.acknowledged_at) + FURTHEST_AGENDA if escalation.acknowledged_at else today
        escalation.reply_by = min(meeting.held_on, latest)
        bookmark = escalation.milestone.next_notice_on
        if bookmark is not None:
            escalation.milestone.next_notice_on = min(bookmark, today)
