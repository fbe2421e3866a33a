"""From a form that was found valid to the decision that it is."""

from datetime import date, datetime

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.services.decisions import (
    Made,
    ask_for_next_steps,
    decide_new_date,
    refer_on,
    take_no_action,
)
from cycle_tracker.governance.services.groups import governance_group, meeting_on
from cycle_tracker.governance.web.escalations.forms import DecisionForm
from cycle_tracker.governance.web.meeting_form import MeetingForm, chosen_id
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.user import User


def records_for_group(viewer: Viewer, escalation: Escalation) -> bool:
    """True for the clerk, whose record stands for the group; anybody else who may decide decides as a member."""
    partnership_id = escalation.milestone.partnership_id
    return partnership_id is not None and Role.CLERK in viewer.roles_in(partnership_id)


def decide(
    escalation: Escalation, form: DecisionForm, viewer: Viewer, *, by: User, today: date, now: datetime
) -> Decision:
    """Make the decision whose button was pressed. Raises RuleBroken, beside the field, where a rule refuses."""
    made = Made(
        meeting=chosen_meeting(escalation, form, by=by, today=today, now=now),
        minute=form.minute.data,
        by_group=records_for_group(viewer, escalation),
    )
    if form.outcome is DecisionOutcome.NEXT_STEPS:
        owner_id = chosen_id(form.next_owner)
        return ask_for_next_steps(
            escalation,
            form.next_title.data,
            owner=db.session.get_one(User, owner_id) if owner_id else None,
            due_on=form.next_due_on.chosen,
            by=by,
            today=today,
            now=now,
            made=made,
        )
    if form.outcome is DecisionOutcome.REFER_ON:
        return refer_on(
            escalation, form.referred_to.data, form.referral_reason.data, by=by, today=today, now=now, made=made
        )
    if form.outcome is DecisionOutcome.NO_ACTION:
        return take_no_action(escalation, form.no_action_reason.data, by=by, today=today, now=now, made=made)
    return decide_new_date(
        escalation,
        form.expected_on.chosen,
        form.explanation.data,
        shared=form.shared.data,
        by=by,
        today=today,
        now=now,
        made=made,
        cause=form.cause.chosen,
    )


def chosen_meeting(
    escalation: Escalation, form: MeetingForm, *, by: User, today: date, now: datetime
) -> Meeting | None:
    """The meeting that was chosen, or one of the day that was given, which is added where it is not there yet."""
    meeting_id, partnership = chosen_id(form.meeting), escalation.milestone.partnership
    if meeting_id is not None:
        return db.session.get_one(Meeting, meeting_id)
    if form.meeting_on.data is None or partnership is None:
        return None
    return meeting_on(governance_group(partnership), form.meeting_on.data, by=by, today=today, now=now)
