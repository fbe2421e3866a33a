"""Recording what a lead body made of a document, putting it right, and taking it back."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.kinds import Kind
from cycle_tracker.documents.queries.approvals import ApprovalPlace, get_approval_place
from cycle_tracker.documents.services.approvals import correct_approval, record_approval, take_back_approval
from cycle_tracker.documents.web.approvals.forms import ApprovalForm
from cycle_tracker.documents.web.reasons import do_with_reason
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.web.access import current_organisation_id, current_user_row, current_viewer, requires
from cycle_tracker.web.saving import Attempt

bp = Blueprint("approvals", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/approvals")
ONE = "/<int(max=2147483647):organisation_id>"


@bp.route(ONE, methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def record(slug: str, key: str, organisation_id: int) -> ResponseReturnValue:
    """What one lead body made of the document: recorded, or put right. For whom is asked where it is fetched."""
    return _record_page(slug, key, organisation_id, coming=False)


@bp.route(f"/revision{ONE}", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def record_coming(slug: str, key: str, organisation_id: int) -> ResponseReturnValue:
    """The same of the revision of a plan that is in preparation."""
    return _record_page(slug, key, organisation_id, coming=True)


def _record_page(slug: str, key: str, organisation_id: int, *, coming: bool) -> ResponseReturnValue:
    own = current_organisation_id()
    place = get_approval_place(
        current_viewer(), slug, key, organisation_id, own=own, today=clock.today(), coming=coming
    )
    document, form = place.document, ApprovalForm()
    if document.kind is not Kind.PLAN:
        del form.agreed
    if not form.is_submitted() and place.approval is not None:
        form.show(place.approval)
    attempt = Attempt(form, document)
    if attempt.validate():
        with attempt:
            _record(place, form)
    if attempt.saved:
        flash(f"Saved. The decision of {place.body.name} is listed below.", "success")
        return redirect(page_of(document, anchor="revision" if coming else None))
    return render_template(
        "documents/approvals/record.html",
        coming=coming,
        document=document,
        body=place.body,
        form=form,
        is_new=place.approval is None,
        on_behalf=own != place.body.id,
        changed=changed_by_others(attempt, document),
    ), attempt.status


@bp.route(f"{ONE}/taking-back", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def take_back(slug: str, key: str, organisation_id: int) -> ResponseReturnValue:
    """Take back a record that should not have been made, with a reason. Pressed twice, the second finds none."""
    return _take_back_page(slug, key, organisation_id, coming=False)


@bp.route(f"/revision{ONE}/taking-back", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def take_back_coming(slug: str, key: str, organisation_id: int) -> ResponseReturnValue:
    """The same of the revision of a plan that is in preparation."""
    return _take_back_page(slug, key, organisation_id, coming=True)


def _take_back_page(slug: str, key: str, organisation_id: int, *, coming: bool) -> ResponseReturnValue:
    own = current_organisation_id()
    place = get_approval_place(
        current_viewer(), slug, key, organisation_id, own=own, today=clock.today(), coming=coming
    )
    document, approval = place.document, place.approval
    if approval is None:
        flash(f"The approval of {place.body.name} has already been removed.", "info")
        return redirect(page_of(document))
    return do_with_reason(
        document,
        partial(take_back_approval, document, approval),
        template="documents/approvals/take_back.html",
        saved=lambda: f"Saved. The approval of {place.body.name} is removed.",
        body=place.body,
        coming=coming,
    )


def _record(place: ApprovalPlace, form: ApprovalForm) -> None:
    by, today, now = current_user_row(), clock.today(), clock.now()
    if place.approval is None:
        record_approval(
            place.document, place.body, form.details(), by=by, today=today, now=now, revision=place.revision
        )
    else:
        correct_approval(place.document, place.approval, form.details(), by=by, today=today, now=now)
