"""Accepting an invitation: a new account, or one more role for an account that is there."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.people.services.invitation_acceptance import (
    InvitationOver,
    accept_invitation,
    accept_invitation_as,
    find_open_invitation,
)
from cycle_tracker.people.services.invitations import place_of
from cycle_tracker.people.web.accepting.forms import JoinForm
from cycle_tracker.people.web.sign_in.forms import ButtonForm
from cycle_tracker.web import sessions
from cycle_tracker.web.access import current_user_row, public, signed_in_viewer
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("accepting", __name__)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def show(token: str) -> ResponseReturnValue:
    """What one is asked to, and the form to accept it."""
    invitation = find_open_invitation(token, now=clock.now())
    if invitation is None:
        return _is_over()
    account = find_user(invitation.email)
    try:
        if account is None:
            return _join(invitation, token)
        return _add_to_account(invitation, token) if account.active and not account.is_post else _is_over()
    except InvitationOver:
        db.session.rollback()
        return _is_over()


def _join(invitation: Invitation, token: str) -> ResponseReturnValue:
    """A new account, in which its person is signed in at once: they have shown that the mail reaches them."""
    form = JoinForm(name=invitation.name)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            user = accept_invitation(token, form.name.data, form.password.data, now=clock.now())
    if attempt.saved:
        return _welcome(user)
    if isinstance(attempt.error, InvitationOver):
        return _is_over()
    return _page("join", invitation, form), attempt.status


def _add_to_account(invitation: Invitation, token: str) -> ResponseReturnValue:
    """One more role, for the person of that address and nobody else: they sign in first, as they always do."""
    if signed_in_viewer() is None:
        return _page("sign_in_first", invitation, sign_in_address=url_for("sign_in.show", next=_here(token)))
    user = current_user_row()
    if user.email != invitation.email:
        return _page("for_another", invitation, signed_in_as=user.email), 403
    form = ButtonForm()
    if form.validate_on_submit():
        accept_invitation_as(token, user, now=clock.now())
        return _welcome(user)
    return _page("add_role", invitation, form)


def _welcome(user: User) -> ResponseReturnValue:
    sessions.begin(user)
    flash(f"Welcome, {user.name}. You are signed in.", "success")
    return redirect(url_for("home.show"))


def _page(template: str, invitation: Invitation, form: object = None, **more: object) -> str:
    return render_template(
        f"people/accepting/{template}.html", invitation=invitation, place=place_of(invitation), form=form, **more
    )


def _here(token: str) -> str:
    return url_for("accepting.show", token=token)


def _is_over() -> ResponseReturnValue:
    return render_template("people/accepting/over.html"), 410
