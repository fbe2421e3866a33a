"""One's own account: where one is signed in, the password, and when mails come."""

import re

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.queries.recovery_codes import count_unused_codes
from cycle_tracker.access.queries.sessions import list_live_sessions
from cycle_tracker.access.services.sessions import end_session, end_sessions_of
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.people.queries.delegations import list_to_come
from cycle_tracker.people.services.passwords import change_password
from cycle_tracker.people.services.preferences import prefer, remind_before
from cycle_tracker.people.web.account.forms import PasswordForm, PreferenceForm, SessionForm
from cycle_tracker.people.web.account.presenters import account_rows, sign_ins
from cycle_tracker.people.web.delegations.presenters import own_lines
from cycle_tracker.people.web.sign_in.guesses import is_right_password
from cycle_tracker.web import sessions
from cycle_tracker.web.access import current_user_row, current_viewer, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.navigation import place_of_viewer
from cycle_tracker.web.saving import Attempt

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Who one is here, and where one is signed in."""
    user = current_user_row()
    return render_template(
        "people/account/show.html",
        rows=account_rows(user, place_of_viewer(current_viewer()), count_unused_codes(user.id)),
        sign_ins=sign_ins(list_live_sessions(user.id, clock.now()), this_sign_in()),
        session_form=SessionForm(),
        lines=own_lines(list_to_come(user.id, clock.today(), also_as_deputy=True), user.id, clock.today()),
    )


@bp.post("/sessions/end")
@signed_in
def end_sign_ins() -> ResponseReturnValue:
    """End one sign-in, or all but this one. Another person's number ends nothing."""
    form, user = SessionForm(), current_user_row()
    wanted = form.session.data or ""
    if not wanted:
        end_sessions_of(user, now=clock.now(), but=this_sign_in())
        said = "You are signed out on your other devices."
    elif re.fullmatch("[0-9]{1,9}", wanted) and end_session(user.id, int(wanted), now=clock.now()):
        said = "That device is signed out."
    else:
        said = "That device was already signed out."
    db.session.commit()
    if wanted == str(this_sign_in()):
        sessions.forget()
        return redirect(url_for("sign_in.show"))
    flash(said, "success")
    return redirect(url_for("account.show"))


@bp.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """Change one's password, which signs one out everywhere else."""
    user, form = current_user_row(), PasswordForm()
    attempt = Attempt(form)
    if attempt.validate() and is_right_password(user, form.old):
        with attempt:
            change_password(user, form.password.data, but=this_sign_in(), now=clock.now())
    if attempt.saved:
        flash("Your password is changed. You are signed out on your other devices.", "success")
        return redirect(url_for("account.show"))
    return render_template("people/account/password.html", form=form if user.password else None), attempt.status


@bp.route("/preferences", methods=["GET", "POST"])
@signed_in
def preferences() -> ResponseReturnValue:
    """Choose when one's mail comes."""
    user = current_user_row()
    form = PreferenceForm(rhythm=user.rhythm.value, weekday=str(user.weekday), reminds_before=user.reminds_before)
    if form.validate_on_submit():
        prefer(user, form.chosen, now=clock.now())
        remind_before(user, form.reminds_before.data, by=user, now=clock.now())
        db.session.commit()
        flash("Saved. This applies from the next working day.", "success")
        return redirect(url_for("account.show"))
    return render_template("people/account/preferences.html", form=form)


def this_sign_in() -> int | None:
    """The number of the sign-in that this browser is in."""
    live = sessions.live_session()
    return live.id if live else None
