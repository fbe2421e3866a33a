"""Disputing a decision that a planning lead recorded, and correcting the meeting or minute of any."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.documents.web.forms import ReasonForm
from cycle_tracker.governance.queries.decisions import get_decision
from cycle_tracker.governance.queries.groups import list_meetings_held
from cycle_tracker.governance.queries.open_escalations import chairs_group_of
from cycle_tracker.governance.services.disputes import dispute_decision, may_dispute
from cycle_tracker.governance.services.minutes import correct_minute, may_correct
from cycle_tracker.governance.web.decisions.forms import MinuteForm
from cycle_tracker.governance.web.escalations.deciding import chosen_meeting
from cycle_tracker.governance.web.escalations.decision_words import decision_lines
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.models.decision import Decision
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Meeting
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint(
    "decisions",
    __name__,
    url_prefix="/escalations/<int(max=2147483647):escalation_id>/decisions/<int(max=2147483647):decision_id>",
)


@bp.route("/dispute", methods=["GET", "POST"])
@requires(Permission.DECIDE_ESCALATIONS)
def dispute(escalation_id: int, decision_id: int) -> ResponseReturnValue:
    """The chair says that the group did not decide this. Pressed twice, the second finds that it is said."""
    escalation, decision = _disputable(current_viewer(), escalation_id, decision_id)
    back = url_for("escalations.show", escalation_id=escalation_id)
    if decision.is_disputed:
        flash("This was disputed already. What was said is below.", "info")
        return redirect(back)
    form, is_date_back = ReasonForm(), False
    attempt = Attempt(form, escalation.milestone)
    if attempt.validate():
        with attempt:
            is_date_back = dispute_decision(
                decision, form.reason.data, by=current_user_row(), today=clock.today(), now=clock.now()
            )
    if attempt.saved:
        again = " The due date before it applies again." if is_date_back else ""
        flash(f"Saved. The planning leads get an email.{again}", "success")
        return redirect(back)
    return render_template(
        "governance/decisions/dispute.html",
        escalation=escalation,
        milestone=escalation.milestone,
        decision=decision_lines([decision])[0],
        form=form,
        changed=changed_by_others(attempt, escalation.milestone),
        back=back,
    ), attempt.status


@bp.route("/minute", methods=["GET", "POST"])
@requires(Permission.DECIDE_ESCALATIONS)
def minute(escalation_id: int, decision_id: int) -> ResponseReturnValue:
    """Another meeting or minute, or none, with a reason."""
    escalation, decision = _correctable(current_viewer(), escalation_id, decision_id)
    back = url_for("escalations.show", escalation_id=escalation_id)
    form = MinuteForm(minute=decision.minute, meeting=str(decision.meeting_id or ""))
    form.offer_meetings(_meetings(escalation, decision), minuted=decision.by_lead)
    attempt = Attempt(form, escalation.milestone)
    if attempt.validate():
        with attempt:
            by, now = current_user_row(), clock.now()
            meeting = chosen_meeting(escalation, form, by=by, today=clock.today(), now=now)
            correct_minute(decision, meeting, form.minute.data, form.reason.data, by=by, now=now)
    if attempt.saved:
        flash("Saved. The history shows what was recorded before.", "success")
        return redirect(back)
    return render_template(
        "governance/decisions/minute.html",
        escalation=escalation,
        milestone=escalation.milestone,
        decision=decision_lines([decision])[0],
        form=form,
        changed=changed_by_others(attempt, escalation.milestone),
        back=back,
    ), attempt.status


def _meetings(escalation: Escalation, decision: Decision) -> list[Meeting]:
    """Those at which something can have been decided, with the one that is recorded, however long ago it was."""
    partnership_id = escalation.milestone.partnership_id
    found = list(list_meetings_held(partnership_id, clock.today())) if partnership_id is not None else []
    return found if decision.meeting is None or decision.meeting in found else [decision.meeting, *found]


def _correctable(viewer: Viewer, escalation_id: int, decision_id: int) -> tuple[Escalation, Decision]:
    """Raises NoResultFound where there is none that the person may see, and NotAllowed for anybody but who recorded it,
    the clerk and the chair, and for what was disputed."""
    escalation, decision = get_decision(viewer, escalation_id, decision_id, to=Permission.DECIDE_ESCALATIONS)
    partnership_id = escalation.milestone.partnership_id
    chairs = chairs_group_of(viewer.user_id, partnership_id, clock.today())
    if not may_correct(decision, viewer, partnership_id, chairs=chairs):
        raise NotAllowed
    return escalation, decision


def _disputable(viewer: Viewer, escalation_id: int, decision_id: int) -> tuple[Escalation, Decision]:
    """Raises NoResultFound where there is none that the person may see, and NotAllowed for anybody but the chair, and
    for what no planning lead recorded."""
    escalation, decision = get_decision(viewer, escalation_id, decision_id, to=Permission.DECIDE_ESCALATIONS)
    chairs = chairs_group_of(viewer.user_id, escalation.milestone.partnership_id, clock.today())
    if not may_dispute(decision, viewer.user_id, chairs=chairs):
        raise NotAllowed
    return escalation, decision
