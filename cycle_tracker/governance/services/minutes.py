"""Correcting at which meeting a decision was made, and where its minute is."""

from datetime import datetime

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.rules import ensure_minuted
from cycle_tracker.governance.services.decision_words import meeting_words, what_was_decided
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.user import User


def may_correct(decision: Decision, viewer: Viewer, partnership_id: int | None, *, chairs: bool) -> bool:
    """Whether the person can correct the meeting and minute: who recorded the decision, the clerk or the chair; of one
    that was not disputed."""
    if partnership_id is None or decision.is_disputed:
        return False
    is_clerk = Role.CLERK in viewer.roles_in(partnership_id)
    return chairs or is_clerk or viewer.user_id == decision.recorded_by_id


def correct_minute(
    decision: Decision, meeting: Meeting | None, minute: str, reason: str, *, by: User, now: datetime
) -> None:
    """Say that it was made at another meeting, or that its minute is another, with a reason; either can be removed. The
    history keeps both.

    Raises RuleBroken without a reason, for what changes nothing, and without meeting or minute for what a planning lead
    recorded.
    """
    if not reason.strip():
        raise RuleBroken("Enter a reason.", field="reason")
    if decision.by_lead:
        ensure_minuted(has_meeting=meeting is not None, minute=minute)
    before = _facts(decision)
    decision.meeting, decision.meeting_id = meeting, meeting.id if meeting is not None else None
    decision.minute = minute.strip()
    if before == _facts(decision):
        raise RuleBroken("Change the meeting or the minute, or cancel.", field="minute")
    milestone = decision.escalation.milestone
    after = {**_facts(decision), "decision_id": decision.id, "what": what_was_decided(decision)}
    audit.record_milestone(milestone, "minute-corrected", by=by, at=now, before=before, after=after, reason=reason)
    count_as_changed(milestone)
    db.session.flush()


def _facts(decision: Decision) -> dict[str, object]:
    return {"meeting_id": decision.meeting_id, "made_at": meeting_words(decision)}
