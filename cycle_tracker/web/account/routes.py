"""Signing in with an address and a password, and signing out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cycle_tracker import clock
from cycle_tracker.extensions import db
from cycle_tracker.models import User
from cycle_tracker.services.sign_in_attempts import begin_attempt, forget_attempt, is_one_too_many
from cycle_tracker.services.users import authenticate, end_sessions
from cycle_tracker.web import sessions
from cycle_tracker.web.access import current_user_row, public, signed_in, signed_in_viewer
from cycle_tracker.web.account.forms import SignInForm
from cycle_tracker.web.account.next_pages import safe_next
from cycle_tracker.web.errors import page

bp = Blueprint("account", __name__)

WRONG = "The email address or the password is wrong"


class TooManyTries(Exception):
    """The account, or the address that the person comes from, has had its failures for now."""


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """The form; then the page that the person wanted."""
    form = SignInForm(next=request.args.get("next"))
    onward = safe_next(form.next.data, otherwise=url_for("home.show"))
    if request.method == "GET" and signed_in_viewer() is not None:
        return redirect(onward)
    if form.validate_on_submit():
        try:
            user = _try(form.email.data, form.password.data)
        except TooManyTries:
            return page(429, wait="five minutes")
        if user is not None:
            sessions.begin(user)
            return redirect(onward)
        form.form_errors.append(WRONG)
    return render_template("account/sign_in.html", form=form)


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End every session of the person, so that a cookie copied from this one is worth nothing."""
    end_sessions(current_user_row())
    db.session.commit()
    sessions.end()
    return redirect(url_for("account.sign_in"))


def _try(email: str, password: str) -> User | None:
    """The person, if address and password are right. Raises TooManyTries, whether they are right or not."""
    now = clock.now()
    attempt = begin_attempt(email, request.remote_addr or "", now=now)
    db.session.commit()
    if is_one_too_many(attempt, now=now):
        forget_attempt(attempt)
        db.session.commit()
        raise TooManyTries
    user = authenticate(email, password)
    if user is not None:
        forget_attempt(attempt)
    db.session.commit()
    return user
