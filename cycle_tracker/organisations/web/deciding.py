"""What administrators decide about an organisation: accepted, merged into another one, in use or not."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.organisations.queries.organisations import get_organisation, list_parts, list_to_merge_into
from cycle_tracker.organisations.services.merging import merge_organisations
from cycle_tracker.organisations.services.organisations import accept_organisation, set_in_use
from cycle_tracker.organisations.web import presenters
from cycle_tracker.organisations.web.forms import MergeForm
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("deciding_organisations", __name__, url_prefix="/organisations/<int(max=2147483647):organisation_id>")


@bp.post("/accept")
@requires(Permission.MANAGE_ORGANISATIONS)
def accept(organisation_id: int) -> ResponseReturnValue:
    """Let every partnership use what one added."""
    organisation = get_organisation(organisation_id)
    attempt = Attempt(FlaskForm())
    if attempt.validate():
        with attempt:
            accept_organisation(organisation, by=current_user_row(), now=clock.now())
    return _back(organisation, attempt, f"Accepted. Every partnership can now use {organisation.name}.")


@bp.post("/use")
@requires(Permission.MANAGE_ORGANISATIONS)
def use(organisation_id: int) -> ResponseReturnValue:
    """Let an organisation be chosen again."""
    return _set_in_use(organisation_id, in_use=True)


@bp.post("/stop-using")
@requires(Permission.MANAGE_ORGANISATIONS)
def stop_using(organisation_id: int) -> ResponseReturnValue:
    """Take an organisation out of all choices."""
    return _set_in_use(organisation_id, in_use=False)


@bp.route("/merge", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATIONS)
def merge(organisation_id: int) -> ResponseReturnValue:
    """Merge a duplicate into the organisation that it is."""
    duplicate = get_organisation(organisation_id)
    others = list_to_merge_into(duplicate)
    form = MergeForm()
    form.offer(others)
    attempt = Attempt(form)
    if attempt.validate():
        kept = next(one for one in others if str(one.id) == form.into.data)
        with attempt:
            merge_organisations(duplicate, kept, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"Merged {duplicate.name} into {kept.name}.", "success")
        return redirect(url_for("organisations.show", organisation_id=kept.id))
    return render_template(
        "organisations/merge.html",
        organisation=duplicate,
        parts=presenters.part_lines(list_parts(duplicate, current_viewer())),
        form=form,
    ), attempt.status


def _set_in_use(organisation_id: int, *, in_use: bool) -> ResponseReturnValue:
    organisation = get_organisation(organisation_id)
    attempt = Attempt(FlaskForm())
    if attempt.validate():
        with attempt:
            set_in_use(organisation, in_use=in_use, by=current_user_row(), today=clock.today(), now=clock.now())
    words = "can be chosen again" if in_use else "can no longer be chosen"
    return _back(organisation, attempt, f"Saved. {organisation.name} {words}.")


def _back(organisation: Organisation, attempt: Attempt, done: str) -> ResponseReturnValue:
    """To the organisation's page, with what was done or what stood in the way."""
    if attempt.saved:
        flash(done, "success")
    elif isinstance(attempt.error, RuleBroken):
        flash(attempt.error.message, "warning")
    db.session.refresh(organisation)
    return redirect(url_for("organisations.show", organisation_id=organisation.id))
