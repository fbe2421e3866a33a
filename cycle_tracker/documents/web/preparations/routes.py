"""Recording by hand on which day a plan was prepared, and undoing that."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.kinds import Kind, PreparedFrom
from cycle_tracker.documents.queries.publications import get_document, get_record
from cycle_tracker.documents.services.approvals import record_preparation, undo_preparation
from cycle_tracker.documents.web.preparations.forms import PreparedForm
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.approval import Preparation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import day

bp = Blueprint("preparations", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/prepared")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def record(slug: str, key: str) -> ResponseReturnValue:
    """Record the day, or another one in its place."""
    plan, preparation = _get(slug, key)
    form = PreparedForm(prepared_on=preparation.prepared_on if preparation else None)
    attempt = Attempt(form, plan)
    if attempt.validate():
        with attempt:
            record_preparation(
                plan, form.prepared_on.chosen, by=current_user_row(), today=clock.today(), now=clock.now()
            )
    if attempt.saved:
        flash(f"Saved. This plan was prepared on {day(form.prepared_on.data)}.", "success")
        return redirect(page_of(plan))
    return render_template(
        "documents/preparations/record.html",
        document=plan,
        form=form,
        changed=changed_by_others(attempt, plan),
    ), attempt.status


@bp.route("/taking-back", methods=["GET", "POST"])
@requires(Permission.RECORD_PUBLICATION)
def take_back(slug: str, key: str) -> ResponseReturnValue:
    """Undo a day that was recorded by hand, with a reason. Pressed twice, the second finds none."""
    plan, preparation = _get(slug, key)
    if preparation is None or preparation.prepared_from is not PreparedFrom.BY_HAND:
        flash("No date was recorded by hand, so there is nothing to undo.", "info")
        return redirect(page_of(plan))
    return do_with_reason(
        plan,
        partial(undo_preparation, plan),
        template="documents/preparations/take_back.html",
        saved=lambda: "Saved. The date the plan was prepared is no longer recorded by hand.",
        preparation=preparation,
    )


def _get(slug: str, key: str) -> tuple[Milestone, Preparation | None]:
    document = get_document(current_viewer(), slug, key, to=Permission.RECORD_PUBLICATION)
    if document.kind is not Kind.PLAN:
        raise NoResultFound
    return document, get_record(document, clock.today()).preparation
