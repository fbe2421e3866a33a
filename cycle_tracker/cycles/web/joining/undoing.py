"""Undoing that a plan period was opened."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.cycles.queries.cycles import get_open_cycle
from cycle_tracker.cycles.services.undo_opening import undo_opening
from cycle_tracker.cycles.web.joining.forms import UndoOpeningForm
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("undo_opening", __name__)


@bp.route("/partnerships/<slug>/set-up/periods/<period>/undo", methods=["GET", "POST"])
@requires(Permission.SET_UP_PARTNERSHIPS)
def undo(slug: str, period: str) -> ResponseReturnValue:
    """Ask for a reason, and undo it as long as nobody has acted on its steps."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.SET_UP_PARTNERSHIPS)
    cycle = get_open_cycle(current_viewer(), slug, period)
    form, label = UndoOpeningForm(), cycle.period.label
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            undo_opening(cycle, form.reason.data, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash(f"Saved. Plan period {label} is not open.", "success")
        return redirect(url_for("joining.periods", slug=slug))
    return render_template(
        "cycles/joining/undo_opening.html", partnership=partnership, cycle=cycle, form=form
    ), attempt.status
