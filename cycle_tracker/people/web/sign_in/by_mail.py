"""Getting in by a mail: a link that signs in, and one that sets a new password.

What is answered, and the work behind it, is the same whether there is such an account or not. A link is used by a
button, never by opening it: mail programs open links by themselves.
"""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from cycle_tracker.access.services.access_links import find_link_holder
from cycle_tracker.access.services.sign_in_attempts import ask_for_mail
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.models.access import LinkPurpose
from cycle_tracker.people.services.account_mails import ask_for_new_password, ask_for_sign_in_link
from cycle_tracker.people.services.passwords import LinkOver, reset_password, take_sign_in_link
from cycle_tracker.people.services.users import valid_email
from cycle_tracker.people.web.sign_in.forms import AskForMailForm, ButtonForm, NewPasswordForm
from cycle_tracker.people.web.sign_in.next_pages import safe_next
from cycle_tracker.people.web.sign_in.second_step import let_in
from cycle_tracker.web.access import public
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("by_mail", __name__)

ONWARD = "onward"


@bp.route("/forgotten-password", methods=["GET", "POST"])
@public
def forgotten_password() -> ResponseReturnValue:
    """Ask for a mail with a link that sets a new password."""
    form = AskForMailForm()
    if _asked(form, ask_for_new_password):
        return redirect(url_for("by_mail.forgotten_password", asked="yes"))
    template = "asked_for_password" if request.args.get("asked") and request.method == "GET" else "forgotten_password"
    return render_template(f"people/sign_in/{template}.html", form=form)


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
@public
def set_new_password(token: str) -> ResponseReturnValue:
    """Set a new password with the link from the mail; then sign in with it."""
    form = NewPasswordForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            reset_password(token, form.password.data, now=clock.now())
    if attempt.saved:
        flash("Your new password is set. Sign in with it.", "success")
        return redirect(url_for("sign_in.show"))
    user = find_link_holder(token, LinkPurpose.RESET_PASSWORD, now=clock.now())
    if user is None:
        return _link_is_over(LinkPurpose.RESET_PASSWORD)
    return render_template("people/sign_in/reset_password.html", form=form, email=user.email), attempt.status


@bp.route("/sign-in/link", methods=["GET", "POST"])
@public
def ask_for_link() -> ResponseReturnValue:
    """Ask for a mail with a link that signs in."""
    form = AskForMailForm(next=request.args.get("next"))
    if _asked(form, ask_for_sign_in_link):
        session[ONWARD] = safe_next(form.next.data, otherwise=url_for("home.show"))
        return redirect(url_for("by_mail.ask_for_link", asked="yes"))
    template = "asked_for_link" if request.args.get("asked") and request.method == "GET" else "ask_for_link"
    return render_template(f"people/sign_in/{template}.html", form=form)


@bp.route("/sign-in/link/<token>", methods=["GET", "POST"])
@public
def sign_in_by_link(token: str) -> ResponseReturnValue:
    """A page with a button; pressing it signs in."""
    form = ButtonForm()
    if form.validate_on_submit():
        try:
            user = take_sign_in_link(token, now=clock.now())
        except LinkOver:
            return _link_is_over(LinkPurpose.SIGN_IN)
        db.session.commit()
        return let_in(user, safe_next(session.get(ONWARD), otherwise=url_for("home.show")))
    holder = find_link_holder(token, LinkPurpose.SIGN_IN, now=clock.now())
    if holder is None:
        return _link_is_over(LinkPurpose.SIGN_IN)
    return render_template("people/sign_in/by_link.html", form=form, name=holder.name)


def _asked(form: AskForMailForm, ask: Callable[..., None]) -> bool:
    """True once the address could be one, and whoever has it is being mailed, if anybody. Commits."""
    if not form.validate_on_submit():
        return False
    try:
        email = valid_email(form.email.data)
    except RuleBroken:
        form.email.errors = ["Enter an email address in the correct format, like name@example.org"]
        return False
    now: datetime = clock.now()
    ask_for_mail(email, request.remote_addr or "", lambda: ask(email, now=now), now=now)
    return True


def _link_is_over(purpose: LinkPurpose) -> ResponseReturnValue:
    db.session.rollback()
    return render_template("people/sign_in/link_is_over.html", purpose=purpose.value), 410
