"""Asking people to join: administrators to any role, planning leads to those of their partnership."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.roles import Role
from cycle_tracker.models.access import Invitation
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.bodies import list_organisations
from cycle_tracker.partnerships.queries.partnerships import get_partnership, list_partnerships
from cycle_tracker.people.queries.invitations import get_invitation, list_invitations
from cycle_tracker.people.services.invitations import invite, send_invitation_again, withdraw_invitation
from cycle_tracker.people.services.users import scope_of
from cycle_tracker.people.web.forms import ConfirmForm, InviteAnywhereForm, InviteForm
from cycle_tracker.people.web.invitation_rows import INVITATION_COLUMNS, invitation_lines, invitation_rows
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import pages_of
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sheets import FileForm, Sheet, download

bp = Blueprint("invitations", __name__)
ONE = "/people/invitations/<int(max=2147483647):invitation_id>"


@bp.get("/people/invitations")
@requires(Permission.MANAGE_PEOPLE)
def index() -> ResponseReturnValue:
    """Every invitation that nobody has answered yet."""
    pages = pages_of(list_invitations())
    return render_template(
        "people/invitations.html",
        lines=invitation_lines(pages.items, clock.now()),
        pages=pages,
        form=ConfirmForm(),
    )


@bp.get("/people/invitations/export.<any(csv,xlsx):form>")
@requires(Permission.MANAGE_PEOPLE)
def export(form: FileForm) -> ResponseReturnValue:
    """The same as a file."""
    rows = invitation_rows(list_invitations(), clock.now())
    return download(Sheet(f"invitations-{clock.today()}", INVITATION_COLUMNS, rows), form)


@bp.route("/people/invite", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def anywhere() -> ResponseReturnValue:
    """Ask somebody to join in any role."""
    partnerships, organisations = list_partnerships(), list_organisations()
    form = InviteAnywhereForm()
    form.offer(partnerships, organisations)
    attempt = Attempt(form)
    if attempt.validate():
        partnership = {one.slug: one for one in partnerships}.get(form.partnership.data)
        organisation = {one.code: one for one in organisations}.get(form.organisation.data)
        with attempt:
            _invite(form, partnership, organisation)
    if attempt.saved:
        flash(f"We have sent an invitation to {form.email.data}.", "success")
        return redirect(url_for("invitations.index"))
    return render_template(
        "people/invite.html", form=form, partnership=None, back=url_for("people.index")
    ), attempt.status


@bp.route("/partnerships/<slug>/people/invite", methods=["GET", "POST"])
@requires(Permission.INVITE_PEOPLE)
def to_partnership(slug: str) -> ResponseReturnValue:
    """Ask somebody to join a partnership."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.INVITE_PEOPLE)
    form = InviteForm()
    form.offer()
    back = url_for("people_within.index", slug=slug)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _invite(form, partnership, None)
    if attempt.saved:
        flash(f"We have sent an invitation to {form.email.data}.", "success")
        return redirect(back)
    return render_template("people/invite.html", form=form, partnership=partnership, back=back), attempt.status


@bp.post(f"{ONE}/withdraw")
@requires(Permission.INVITE_PEOPLE)
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back: its link is worth nothing from here on."""
    invitation = get_invitation(current_viewer(), invitation_id)
    form, email = ConfirmForm(), invitation.email
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            withdraw_invitation(invitation, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"You have withdrawn the invitation to {email}.", "success")
    else:
        flash(" ".join(form.form_errors), "warning")
    return redirect(_list_of(invitation))


@bp.post(f"{ONE}/send-again")
@requires(Permission.INVITE_PEOPLE)
def send_again(invitation_id: int) -> ResponseReturnValue:
    """Mail an invitation once more, with a link and a term of its own."""
    invitation = get_invitation(current_viewer(), invitation_id)
    form, email = ConfirmForm(), invitation.email
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            send_invitation_again(invitation, by=current_user_row(), viewer=current_viewer(), now=clock.now())
    if attempt.saved:
        flash(f"We have sent the invitation to {email} again.", "success")
    else:
        flash(" ".join(form.form_errors), "warning")
    return redirect(_list_of(invitation))


def _invite(form: FlaskForm, partnership: Partnership | None, organisation: Organisation | None) -> None:
    invite(
        form.email.data,
        form.name.data,
        role=Role(form.role.data),
        scope=scope_of(partnership, organisation),
        partnership=partnership,
        organisation=organisation,
        by=current_user_row(),
        viewer=current_viewer(),
        now=clock.now(),
    )


def _list_of(invitation: Invitation) -> str:
    if invitation.partnership is not None:
        return url_for("people_within.index", slug=invitation.partnership.slug)
    return url_for("invitations.index")
