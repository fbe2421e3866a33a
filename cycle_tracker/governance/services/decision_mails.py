"""The emails about a decision that a planning lead recorded as the clerk: to the chair, and to the leads if it is
disputed."""

from datetime import datetime
from uuid import uuid4

from flask import current_app

from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.wording import day
from cycle_tracker.governance.queries.open_escalations import list_chairs
from cycle_tracker.governance.services.decision_words import meeting_words, what_was_decided
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.planning_leads import list_leads_to_notify

OPEN_AGAIN = "What the decision settled is open again."


def notify_chairs(decision: Decision, *, now: datetime) -> None:
    """Email the chair what was recorded, with the link to dispute it, and keep on the decision who that was. With no
    chair but the person who recorded it nobody is emailed, and pages say so. Flushes."""
    milestone = decision.escalation.milestone
    chairs = list_chairs(milestone.partnership_id, london_day(now), besides=decision.recorded_by)
    decision.chair = chairs[0] if chairs else None
    for chair in chairs:
        enqueue(
            _message(chair, milestone, now=now),
            template="governance/mail/decision_recorded",
            now=now,
            partnership=_place(milestone).name,
            title=milestone.title,
            who=decision.recorded_by.name,
            lines=_facts(decision),
            reason=decision.text,
            link=_link(addresses.disputed_decision(decision.escalation_id, decision.id)),
            page=_link(addresses.escalation(decision.escalation_id)),
        )


def notify_leads_of_dispute(decision: Decision, *, is_date_back: bool, now: datetime) -> int:
    """Email whoever recorded the decision, and the other planning leads, that the chair disputes it. Returns the number
    of emails."""
    milestone, by = decision.escalation.milestone, decision.disputed_by
    if by is None:
        raise ValueError("no one disputed this decision")
    leads = {one.id: one for one in list_leads_to_notify(_place(milestone), london_day(now))}
    if decision.recorded_by.active:
        leads[decision.recorded_by_id] = decision.recorded_by
    told = [one for _, one in sorted(leads.items()) if one.id != by.id]
    for lead in told:
        enqueue(
            _message(lead, milestone, now=now),
            template="governance/mail/decision_disputed",
            now=now,
            partnership=_place(milestone).name,
            title=milestone.title,
            who=by.name,
            lines=_facts(decision),
            words=decision.dispute,
            follows=_what_follows(decision, is_date_back=is_date_back),
            page=_link(addresses.escalation(decision.escalation_id)),
        )
    return len(told)


def _what_follows(decision: Decision, *, is_date_back: bool) -> str:
    """What is open again after a dispute, or why nothing is."""
    if is_date_back:
        due_on = day(decision.escalation.milestone.due_on)
        return f"The due date is {due_on} again, and reminders restart from it. {OPEN_AGAIN}"
    if decision.outcome is DecisionOutcome.NEW_DATE:
        return "The dates stay as they are, because this has ended or has had another date since."
    if decision.escalation.resolved_at is not None:
        return "This was settled meanwhile, so it stays settled."
    if decision.escalation.decided_at is not None:
        return "Another decision of the group about this still counts."
    return OPEN_AGAIN


def _facts(decision: Decision) -> list[str]:
    return [words for words in (what_was_decided(decision), meeting_words(decision)) if words]


def _place(milestone: Milestone) -> Partnership:
    if milestone.partnership is None:
        raise ValueError("no governance group decides on a national milestone")
    return milestone.partnership


def _link(path: str) -> str:
    return f"{current_app.config['SERVICE_URL']}{path}"


def _message(to: User, milestone: Milestone, *, now: datetime) -> Message:
    return Message(
        identity=uuid4().hex,
        kind=MessageKind.GROUP,
        recipient=to.email,
        user_id=to.id,
        milestone_id=milestone.id,
        rendered_on=london_day(now),
    )
