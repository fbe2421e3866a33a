"""Recording a direction of Scottish Ministers about a plan, and undoing that: for officials."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.beside_plan.notes import get_direction
from cycle_tracker.documents.queries.beside_plan.plans import get_plan
from cycle_tracker.documents.services.beside_plan.notes import record_direction, undo_direction
from cycle_tracker.documents.web.beside_plan.forms import DirectionForm
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import day

bp = Blueprint("directions", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/directions")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.RECORD_DIRECTIONS)
def record(slug: str, key: str) -> ResponseReturnValue:
    """Record a direction."""
    plan = get_plan(current_viewer(), slug, key, to=Permission.RECORD_DIRECTIONS)
    form = DirectionForm()
    attempt = Attempt(form, plan)
    if attempt.validate():
        with attempt:
            record_direction(plan, form.details(), by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash("Saved. The direction is shown on this page and in the public register.", "success")
        return redirect(page_of(plan))
    return render_template(
        "documents/beside_plan/direction.html",
        document=plan,
        form=form,
        changed=changed_by_others(attempt, plan),
    ), attempt.status


@bp.route("/<int(max=2147483647):number>/taking-back", methods=["GET", "POST"])
@requires(Permission.RECORD_DIRECTIONS)
def take_back(slug: str, key: str, number: int) -> ResponseReturnValue:
    """Undo it, with a reason. Pressed twice, the second finds that it is undone."""
    plan, direction = get_direction(current_viewer(), slug, key, number)
    if direction.undone_at is not None:
        flash("The record of this direction was undone already.", "info")
        return redirect(page_of(plan))
    return do_with_reason(
        plan,
        partial(undo_direction, plan, direction),
        template="documents/beside_plan/undo_note.html",
        saved=lambda: "Saved. The direction is no longer recorded.",
        title="Undo the direction",
        words=f"Direction to {direction.given_to}, given on {day(direction.given_on)}.",
    )
