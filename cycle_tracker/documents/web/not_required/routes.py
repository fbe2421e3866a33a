"""Marking a document as not required, and undoing that."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.publications import get_document
from cycle_tracker.documents.services.not_required import mark_not_required, require_again
from cycle_tracker.documents.web.forms import ReasonForm
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.saving import Attempt

bp = Blueprint("not_required", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/not-required")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.MARK_NOT_REQUIRED)
def mark(slug: str, key: str) -> ResponseReturnValue:
    """Mark a document as not required, with a reason. It is still shown."""
    document = get_document(current_viewer(), slug, key, to=Permission.MARK_NOT_REQUIRED)
    form = ReasonForm()
    attempt = Attempt(form, document)
    if attempt.validate():
        with attempt:
            mark_not_required(document, form.reason.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved. This is marked as not required. Your reason is shown on this page.", "success")
        return redirect(page_of(document))
    return render_template(
        "documents/not_required/mark.html",
        document=document,
        form=form,
        changed=changed_by_others(attempt, document),
    ), attempt.status


@bp.route("/taking-back", methods=["GET", "POST"])
@requires(Permission.MARK_NOT_REQUIRED)
def take_back(slug: str, key: str) -> ResponseReturnValue:
    """Mark it as required after all, with a reason: it is open, and its reminders restart."""
    document = get_document(current_viewer(), slug, key, to=Permission.MARK_NOT_REQUIRED)
    form = ReasonForm()
    attempt = Attempt(form, document)
    if attempt.validate():
        with attempt:
            require_again(document, form.reason.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved. This is required again.", "success")
        return redirect(page_of(document))
    return render_template(
        "documents/not_required/take_back.html",
        document=document,
        form=form,
        changed=changed_by_others(attempt, document),
    ), attempt.status
