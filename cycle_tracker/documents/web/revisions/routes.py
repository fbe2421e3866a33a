"""Starting to revise a plan, moving the target date, abandoning the revision, and taking it up again."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.beside_plan.plans import get_plan
from cycle_tracker.documents.queries.revisions.of_plans import find_revision, list_revisions
from cycle_tracker.documents.rules.revisions import newest_abandoned
from cycle_tracker.documents.services.revisions.preparing import (
    abandon_revision,
    begin_revision,
    move_revision,
    take_up_revision,
)
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.documents.web.revisions.forms import RevisionForm, TargetForm
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.saving import Attempt

bp = Blueprint("revisions", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/revision")
NOT_THERE = "No revision of this plan is in preparation."


@bp.route("", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def begin(slug: str, key: str) -> ResponseReturnValue:
    """Start to revise a published plan."""
    plan = get_plan(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    form = RevisionForm()
    attempt = Attempt(form, plan)
    if attempt.validate():
        with attempt:
            by, today, now = current_user_row(), clock.today(), clock.now()
            begin_revision(plan, form.reason.data, form.target_on.chosen, by=by, today=today, now=now)
    if attempt.saved:
        flash("Saved. The revision and its steps are below.", "success")
        return redirect(page_of(plan, anchor="revision"))
    return render_template(
        "documents/revisions/begin.html", document=plan, form=form, changed=changed_by_others(attempt, plan)
    ), attempt.status


@bp.route("/target", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def move(slug: str, key: str) -> ResponseReturnValue:
    """Move the target date of the revision in preparation, and with it the steps that are not done."""
    plan = get_plan(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    revision, form = find_revision(plan), TargetForm()
    if revision is None:
        flash(NOT_THERE, "info")
        return redirect(page_of(plan))
    attempt = Attempt(form, plan)
    if attempt.validate():
        with attempt:
            by, today, now = current_user_row(), clock.today(), clock.now()
            move_revision(plan, form.target_on.chosen, form.reason.data, by=by, today=today, now=now)
    if attempt.saved:
        flash("Saved. The target date and the dates of the steps are below.", "success")
        return redirect(page_of(plan, anchor="revision"))
    return render_template(
        "documents/revisions/move.html",
        document=plan,
        form=form,
        revision=revision,
        changed=changed_by_others(attempt, plan),
    ), attempt.status


@bp.route("/abandoning", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def abandon(slug: str, key: str) -> ResponseReturnValue:
    """Abandon the revision, with a reason. Pressed twice, the second finds none."""
    plan = get_plan(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    if find_revision(plan) is None:
        flash(NOT_THERE, "info")
        return redirect(page_of(plan))
    return do_with_reason(
        plan,
        partial(abandon_revision, plan),
        template="documents/revisions/abandon.html",
        saved=lambda: "Saved. The revision is abandoned. The plan stays published as it is.",
    )


@bp.route("/taking-up", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def take_up(slug: str, key: str) -> ResponseReturnValue:
    """Undo that the newest revision was abandoned, with a reason."""
    plan = get_plan(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    revision = newest_abandoned(list_revisions(plan))
    if revision is None:
        flash("No abandoned revision can be taken up again.", "info")
        return redirect(page_of(plan))
    return do_with_reason(
        plan,
        partial(take_up_revision, plan),
        template="documents/revisions/take_up.html",
        saved=lambda: "Saved. The revision is in preparation again.",
        revision=revision,
    )
