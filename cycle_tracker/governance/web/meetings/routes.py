"""Recording what a meeting decided about everything that waits for the group."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import ChangedMeanwhile
from cycle_tracker.governance.queries.escalations import list_waiting
from cycle_tracker.governance.queries.groups import get_meeting
from cycle_tracker.governance.rules import records_as_lead
from cycle_tracker.governance.services.decisions import Made
from cycle_tracker.governance.web.escalations.deciding import records_for_group
from cycle_tracker.governance.web.escalations.presenters import late_wording, may_decide
from cycle_tracker.governance.web.meetings.forms import MeetingDecisionsForm, RowForm, row_forms
from cycle_tracker.governance.web.meetings.recording import SEE_ROWS, one_of_each_milestone, record_all
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import count

bp = Blueprint("meetings", __name__, url_prefix="/partnerships/<slug>/group/meetings/<int(max=2147483647):meeting_id>")
LISTED_AT_MOST = 50


@bp.route("/decisions", methods=["GET", "POST"])
@requires(Permission.DECIDE_ESCALATIONS)
def decide(slug: str, meeting_id: int) -> ResponseReturnValue:
    """What waits for the group, each with a decision, recorded together or not at all."""
    viewer, today = current_viewer(), clock.today()
    meeting = get_meeting(viewer, slug, meeting_id, to=Permission.DECIDE_ESCALATIONS)
    partnership = meeting.group.partnership
    partnership_id = meeting.group.partnership_id or 0
    found = list_waiting(partnership_id, at_most=LISTED_AT_MOST + 1)
    waiting = one_of_each_milestone(found[:LISTED_AT_MOST])
    rows = row_forms([one for one in waiting if may_decide(one, viewer)])
    form = MeetingDecisionsForm()
    form.ask_for_minute(records_as_lead(viewer, partnership_id))
    attempt, recorded = Attempt(form), 0
    if meeting.held_on <= today and attempt.validate() and _are_complete(form, rows):
        with attempt:
            _ensure_all_wait({one.id for one, _ in rows})
            by_group = bool(rows) and records_for_group(viewer, rows[0][0])
            made = Made(meeting, form.minute.data or "", by_group=by_group)
            recorded = record_all(
                rows, made, shared=form.shared.data, by=current_user_row(), today=today, now=clock.now()
            )
    if attempt.saved:
        flash(f"Saved {count(recorded, 'decision')}.", "success")
        return redirect(url_for("groups.show", slug=slug))
    return render_template(
        "governance/meetings/decide.html",
        partnership=partnership,
        meeting=meeting,
        is_to_come=meeting.held_on > today,
        form=form,
        listed_at_most=LISTED_AT_MOST if len(found) > LISTED_AT_MOST else 0,
        rows=[(one, row, late_wording(one.milestone, today)) for one, row in rows],
        not_theirs=[one.milestone.title for one in waiting if not may_decide(one, viewer)],
    ), attempt.status


def _are_complete(form: MeetingDecisionsForm, rows: list[tuple[Escalation, RowForm]]) -> bool:
    """Whether every row has what its decision needs; what is missing is said beside it."""
    found = [row.validate() and row.ensure_complete() for _, row in rows]
    if not all(found):
        form.form_errors.append(SEE_ROWS)
    return all([form.require_minute(), *found])


def _ensure_all_wait(shown: set[int]) -> None:
    """Raises ChangedMeanwhile where a decision was sent about something that waits no longer."""
    known = {f"e{number}-outcome" for number in shown}
    for name, value in request.form.items():
        if value and name.endswith("-outcome") and name not in known:
            raise ChangedMeanwhile(
                "Something on this page was decided or settled meanwhile. Check it, then send again."
            )
