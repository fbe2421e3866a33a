"""Recording what a lead body made of a document, putting it right, and taking it back."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.approvals import ApprovalPlace, get_approval_place
from cycle_tracker.documents.services.approvals import correct_approval, record_approval, take_back_approval
from cycle_tracker.documents.web.approvals.forms import ApprovalForm
from cycle_tracker.documents.web.changing import change_document, milestone_page
from cycle_tracker.documents.web.forms import ReasonForm
from cycle_tracker.models import Organisation
from cycle_tracker.web.access import current_user_row, current_viewer, requires

bp = Blueprint("approvals", __name__, url_prefix="/partnerships/<slug>/milestones/<key>/approvals")
ONE = "/<int(max=2147483647):organisation_id>"


@bp.route(ONE, methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def record(slug: str, key: str, organisation_id: int) -> ResponseReturnValue:
    """What one lead body made of the document: recorded, or put right. For whom is asked where it is fetched."""
    user = current_user_row()
    place = get_approval_place(
        current_viewer(), slug, key, organisation_id, own=user.organisation_id, today=clock.today()
    )
    form, body = ApprovalForm(), place.body.name
    if not form.is_submitted() and place.approval is not None:
        form.show(place.approval)

    def page(**more: object) -> str:
        return render_template(
            "documents/approvals/record.html",
            document=place.document,
            body=place.body,
            form=form,
            is_new=place.approval is None,
            on_behalf=_is_on_behalf(user.organisation_id, place.body),
            **more,
        )

    return change_document(
        place.document,
        form,
        lambda: _record(place, form),
        done=f"Saved. The approval of {body} is listed below.",
        page=page,
    )


@bp.route(f"{ONE}/taking-back", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def take_back(slug: str, key: str, organisation_id: int) -> ResponseReturnValue:
    """Take back a record that should not have been made, with a reason. Pressed twice, the second finds none."""
    own = current_user_row().organisation_id
    place = get_approval_place(current_viewer(), slug, key, organisation_id, own=own, today=clock.today())
    form, body, approval = ReasonForm(), place.body.name, place.approval
    if approval is None:
        flash(f"The approval of {body} has already been removed.", "info")
        return redirect(milestone_page(place.document))

    def page(**more: object) -> str:
        return render_template(
            "documents/approvals/take_back.html", document=place.document, body=place.body, form=form, **more
        )

    return change_document(
        place.document,
        form,
        lambda: take_back_approval(place.document, approval, form.reason.data, by=current_user_row(), now=clock.now()),
        done=f"Saved. The approval of {body} is removed.",
        page=page,
    )


def _record(place: ApprovalPlace, form: ApprovalForm) -> None:
    by, today, now = current_user_row(), clock.today(), clock.now()
    if place.approval is None:
        record_approval(place.document, place.body, form.details(), by=by, today=today, now=now)
    else:
        correct_approval(place.document, place.approval, form.details(), by=by, today=today, now=now)


def _is_on_behalf(own: int | None, body: Organisation) -> bool:
    return own != body.id
