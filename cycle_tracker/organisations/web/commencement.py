"""The day on which integration joint boards become lead bodies."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.organisations.queries.parts import list_boards_of_partnerships
from cycle_tracker.organisations.services.commencement import find_commencement, set_commencement
from cycle_tracker.organisations.web.forms import CommencementForm
from cycle_tracker.web.access import current_user_row, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import day

bp = Blueprint("commencement", __name__, url_prefix="/organisations/2026-act")


@bp.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATIONS)
def show() -> ResponseReturnValue:
    """Which day it is, what changes on it, and setting it."""
    known = find_commencement()
    form = CommencementForm(data={"starts_on": known.starts_on if known else None})
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            set_commencement(form.starts_on.chosen, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"Saved. Integration joint boards are lead bodies from {day(form.starts_on.data)}.", "success")
        return redirect(url_for("commencement.show"))
    boards = list_boards_of_partnerships(known.starts_on if known else clock.today())
    return render_template(
        "organisations/commencement.html",
        starts=day(known.starts_on) if known else "",
        boards={place: names for place, names in boards.items() if names},
        without=[place for place, names in boards.items() if not names],
        form=form,
    ), attempt.status


@bp.post("/remove")
@requires(Permission.MANAGE_ORGANISATIONS)
def remove() -> ResponseReturnValue:
    """Say that no day is known. A button pressed twice does it once."""
    attempt = Attempt(FlaskForm())
    if attempt.validate():
        with attempt:
            set_commencement(None, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved. No start date is set.", "success")
    return redirect(url_for("commencement.show"))
