"""Codes for one's own account: setting them up, turning them off, and new recovery codes."""

import segno
from flask import Blueprint, flash, redirect, render_template, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from cycle_tracker.access.queries.recovery_codes import count_unused_codes
from cycle_tracker.access.services.sessions import end_sessions_of
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import User
from cycle_tracker.people.services.codes import (
    has_codes,
    new_secret,
    renew_recovery_codes,
    show_secret,
    turn_codes_off,
    turn_codes_on,
)
from cycle_tracker.people.web.account.forms import OwnCodeForm, TurnOnCodesForm
from cycle_tracker.people.web.account.routes import this_sign_in
from cycle_tracker.people.web.sign_in.guesses import is_right_code, is_right_password
from cycle_tracker.web.access import current_user_row, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("codes", __name__, url_prefix="/account/codes")

NEW_SECRET = "new_codes"  # noqa: S105  where the session keeps the secret, encrypted, until a code of it was shown


@bp.route("", methods=["GET", "POST"])
@signed_in
def show() -> ResponseReturnValue:
    """Set codes up, or see that they are on."""
    user = current_user_row()
    if has_codes(user):
        return render_template(
            "people/account/codes_on.html", left=count_unused_codes(user.id), form=OwnCodeForm(formdata=None)
        )
    form = TurnOnCodesForm()
    if user.password is None:
        del form.password
    secret = session.get(NEW_SECRET)
    attempt = Attempt(form)
    if secret is not None and attempt.validate() and _is_confirmed(user, form):
        with attempt:
            codes = turn_codes_on(user, secret, form.code.data, now=clock.now())
            end_sessions_of(user, now=clock.now(), but=this_sign_in())
    if attempt.saved:
        session.pop(NEW_SECRET)
        return _shown_once(codes, "Sign-in codes are on")
    if secret is None:
        secret = session[NEW_SECRET] = new_secret()
    shown = show_secret(secret, user)
    picture = _picture(shown.address)
    return render_template("people/account/codes_off.html", form=form, key=shown.key, picture=picture), attempt.status


@bp.post("/off")
@signed_in
def turn_off() -> ResponseReturnValue:
    """Turn codes off, with a code."""
    user, form = current_user_row(), OwnCodeForm()
    if not has_codes(user):
        return redirect(url_for("codes.show"))
    if not (form.validate_on_submit() and is_right_code(user, form.code)):
        return _on_page(user, form)
    turn_codes_off(user, by=user, now=clock.now())
    db.session.commit()
    flash("Sign-in codes are off.", "success")
    return redirect(url_for("account.show"))


@bp.post("/recovery")
@signed_in
def renew() -> ResponseReturnValue:
    """Make new recovery codes, with a code."""
    user, form = current_user_row(), OwnCodeForm()
    if not has_codes(user):
        return redirect(url_for("codes.show"))
    if not (form.validate_on_submit() and is_right_code(user, form.code)):
        return _on_page(user, form)
    codes = renew_recovery_codes(user, now=clock.now())
    db.session.commit()
    return _shown_once(codes, "Your new recovery codes")


def _on_page(user: User, form: OwnCodeForm) -> str:
    return render_template("people/account/codes_on.html", left=count_unused_codes(user.id), form=form)


def _shown_once(codes: list[str], title: str) -> str:
    return render_template("people/account/recovery_codes.html", codes=codes, page_title=title)


def _is_confirmed(user: User, form: TurnOnCodesForm) -> bool:
    """Who has no password came in by a mailed link, and has nothing more to show."""
    return user.password is None or is_right_password(user, form.password)


def _picture(address: str) -> Markup:
    """The picture that an app reads the secret from. Drawn by us: nothing in it came from outside."""
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", dark="#000")
    return Markup(drawn)  # noqa: S704
