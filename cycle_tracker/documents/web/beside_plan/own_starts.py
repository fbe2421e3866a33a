"""Recording the own start of a late-started plan, agreeing it, and undoing it."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.beside_plan.own_starts import find_own_start, get_own_start_to_undo
from cycle_tracker.documents.queries.beside_plan.plans import get_plan, get_plan_to_record, is_on_behalf
from cycle_tracker.documents.services.beside_plan.own_starts import (
    agree_own_start,
    propose_own_start,
    undo_own_start,
)
from cycle_tracker.documents.web.beside_plan.forms import OwnStartForm
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.saving import Attempt

bp = Blueprint("own_starts", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/own-start")


@bp.route("", methods=["GET", "POST"])
@signed_in
def record(slug: str, key: str) -> ResponseReturnValue:
    """Record when a plan starts and what allowed that. Who may is asked where the plan is fetched."""
    viewer = current_viewer()
    plan = get_plan_to_record(viewer, slug, key)
    form, on_behalf = OwnStartForm(), is_on_behalf(viewer, plan)
    attempt = Attempt(form, plan)
    if attempt.validate():
        with attempt:
            propose_own_start(
                plan,
                form.starts_on.chosen,
                form.allowed_by.data,
                on_behalf=on_behalf,
                by=current_user_row(),
                now=clock.now(),
            )
    if attempt.saved:
        flash("Saved. This takes effect when an official agrees it.", "success")
        return redirect(page_of(plan))
    return render_template(
        "documents/beside_plan/own_start.html",
        document=plan,
        form=form,
        on_behalf=on_behalf,
        changed=changed_by_others(attempt, plan),
    ), attempt.status


@bp.route("/agreement", methods=["GET", "POST"])
@requires(Permission.AGREE_OWN_STARTS)
def agree(slug: str, key: str) -> ResponseReturnValue:
    """Agree the own start of a plan: from then the plan is measured from it."""
    plan = get_plan(current_viewer(), slug, key, to=Permission.AGREE_OWN_STARTS)
    form = MilestoneForm()
    attempt = Attempt(form, plan)
    if attempt.validate():
        with attempt:
            agree_own_start(plan, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash("Saved. The plan is now measured from its own start.", "success")
        return redirect(page_of(plan))
    return render_template(
        "documents/beside_plan/agree_own_start.html",
        document=plan,
        form=form,
        own_start=find_own_start(plan),
        changed=changed_by_others(attempt, plan),
    ), attempt.status


@bp.route("/taking-back", methods=["GET", "POST"])
@signed_in
def take_back(slug: str, key: str) -> ResponseReturnValue:
    """Undo it, with a reason. Pressed twice, the second finds none."""
    plan, own_start = get_own_start_to_undo(current_viewer(), slug, key)
    if own_start is None:
        flash("No own start is recorded, so there is nothing to undo.", "info")
        return redirect(page_of(plan))
    return do_with_reason(
        plan,
        partial(undo_own_start, plan),
        template="documents/beside_plan/undo_own_start.html",
        saved=lambda: "Saved. The plan is measured from the first day of its period.",
        own_start=own_start,
    )
