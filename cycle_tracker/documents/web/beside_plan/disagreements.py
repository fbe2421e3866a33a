"""Recording a notice of disagreement with a plan, changing what is recorded of it, and undoing it."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.core import clock
from cycle_tracker.documents.queries.beside_plan.notes import get_disagreement
from cycle_tracker.documents.queries.beside_plan.plans import get_plan_to_record, is_on_behalf
from cycle_tracker.documents.queries.publications import get_record
from cycle_tracker.documents.services.beside_plan.notes import (
    correct_disagreement,
    record_disagreement,
    undo_disagreement,
)
from cycle_tracker.documents.web.beside_plan.forms import DisagreementForm
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.web.access import current_user_row, current_viewer, signed_in
from cycle_tracker.web.saving import Attempt

bp = Blueprint("disagreements", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/disagreements")
ONE = "/<int(max=2147483647):number>"
UNDONE = "The record of this notice was undone already."


@bp.route("", methods=["GET", "POST"])
@signed_in
def record(slug: str, key: str) -> ResponseReturnValue:
    """Record a notice. Who may is asked where the plan is fetched."""
    viewer = current_viewer()
    plan = get_plan_to_record(viewer, slug, key)
    bodies, on_behalf = get_record(plan, clock.today()).receivers, is_on_behalf(viewer, plan)
    form = DisagreementForm()
    form.offer(bodies)
    attempt = Attempt(form, plan)
    if attempt.validate():
        body = next(one for one in bodies if str(one.id) == form.body.data)
        with attempt:
            record_disagreement(
                plan,
                body,
                form.details(),
                on_behalf=on_behalf,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
            )
    if attempt.saved:
        flash("Saved. The notice of disagreement is shown on this page and in the public register.", "success")
        return redirect(page_of(plan))
    return render_template(
        "documents/beside_plan/disagreement.html",
        document=plan,
        form=form,
        notice=None,
        on_behalf=on_behalf,
        changed=changed_by_others(attempt, plan),
    ), attempt.status


@bp.route(ONE, methods=["GET", "POST"])
@signed_in
def correct(slug: str, key: str, number: int) -> ResponseReturnValue:
    """Add what was not known of a notice, or correct it. Who may is asked where it is fetched."""
    plan, notice = get_disagreement(current_viewer(), slug, key, number)
    if notice.undone_at is not None:
        flash(UNDONE, "info")
        return redirect(page_of(plan))
    form = DisagreementForm.of(notice)
    attempt = Attempt(form, plan)
    if attempt.validate():
        with attempt:
            correct_disagreement(
                plan, notice, form.details(), by=current_user_row(), today=clock.today(), now=clock.now()
            )
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(page_of(plan))
    return render_template(
        "documents/beside_plan/disagreement.html",
        document=plan,
        form=form,
        notice=notice,
        on_behalf=False,
        changed=changed_by_others(attempt, plan),
    ), attempt.status


@bp.route(f"{ONE}/taking-back", methods=["GET", "POST"])
@signed_in
def take_back(slug: str, key: str, number: int) -> ResponseReturnValue:
    """Undo it, with a reason. Pressed twice, the second finds that it is undone."""
    plan, notice = get_disagreement(current_viewer(), slug, key, number)
    if notice.undone_at is not None:
        flash(UNDONE, "info")
        return redirect(page_of(plan))
    return do_with_reason(
        plan,
        partial(undo_disagreement, plan, notice),
        template="documents/beside_plan/undo_note.html",
        saved=lambda: "Saved. The notice of disagreement is no longer recorded.",
        title="Undo the notice of disagreement",
        words=f"Notice of disagreement by {notice.organisation.name}.",
    )
