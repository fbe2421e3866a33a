"""Signing in with an address and a password, the second step for those who set up codes, and signing out."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.services.sign_in_attempts import guess
from cycle_tracker.core import clock
from cycle_tracker.people.services.users import authenticate
from cycle_tracker.people.web.sign_in.forms import CodeForm, SignInForm
from cycle_tracker.people.web.sign_in.guesses import is_right_code
from cycle_tracker.people.web.sign_in.next_pages import safe_next
from cycle_tracker.people.web.sign_in.second_step import let_in, person_half_way
from cycle_tracker.web import sessions
from cycle_tracker.web.access import public, signed_in, signed_in_viewer
from cycle_tracker.web.links import url_for

bp = Blueprint("sign_in", __name__)

WRONG = "Check your email address and password"


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def show() -> ResponseReturnValue:
    """The form; then the page that the person wanted."""
    form = SignInForm(next=request.args.get("next"))
    onward = safe_next(form.next.data, otherwise=url_for("home.show"))
    if request.method == "GET" and signed_in_viewer() is not None:
        return redirect(onward)
    if form.validate_on_submit():
        user = guess(
            form.email.data,
            request.remote_addr or "",
            lambda: authenticate(form.email.data, form.password.data),
            now=clock.now(),
        )
        if user is not None:
            return let_in(user, onward)
        form.form_errors.append(WRONG)
    return render_template(
        "people/sign_in/show.html",
        form=form,
        link_address=url_for("by_mail.ask_for_link", next=onward),
        reset_address=url_for("by_mail.forgotten_password"),
    )


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> ResponseReturnValue:
    """The second step: a code from the person's app, or a recovery code."""
    waiting = person_half_way()
    if waiting is None:
        return redirect(url_for("sign_in.show"))
    user, onward = waiting
    form = CodeForm()
    if form.validate_on_submit() and is_right_code(user, form.code):
        sessions.begin(user)
        return redirect(onward)
    return render_template("people/sign_in/code.html", form=form)


@bp.post("/sign-out")
@signed_in
def out() -> ResponseReturnValue:
    """End this sign-in, so that a cookie copied from this browser is worth nothing. Others of the person go on."""
    sessions.end()
    return redirect(url_for("sign_in.show"))
