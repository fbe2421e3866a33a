"""The page of the Scottish Government escalation group, and what administrators change on it."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.governance.queries.groups import list_members
from cycle_tracker.governance.queries.open_escalations import (
    find_national_group,
    get_national_membership,
    list_officials,
)
from cycle_tracker.governance.web.groups.forms import LastDayForm
from cycle_tracker.governance.web.groups.presenters import member_lines
from cycle_tracker.models.group import MembershipRole
from cycle_tracker.models.user import User
from cycle_tracker.national.services import join_national_group, leave_national_group
from cycle_tracker.national.web.national_group.forms import JoinForm
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("national_group", __name__, url_prefix="/national-group")


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Who is in it. Raises NotAllowed for who neither follows documents across Scotland nor manages people."""
    viewer = current_viewer()
    manages = viewer.can(Permission.MANAGE_PEOPLE)
    if not (manages or viewer.can(Permission.READ_OUTSTANDING)):
        raise NotAllowed
    present, former = member_lines(list_members(find_national_group()), with_addresses=manages)
    return render_template("national/national_group/show.html", present=present, former=former, manages=manages)


@bp.route("/members/add", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def join() -> ResponseReturnValue:
    """Give an official a place in the group, or another place."""
    form = JoinForm()
    form.offer(list_officials())
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            join_national_group(
                db.session.get_one(User, int(form.person.data)),
                MembershipRole(form.place.data),
                by=current_user_row(),
                now=clock.now(),
            )
    if attempt.saved:
        flash("Saved. We will email them when a document is escalated to the group.", "success")
        return redirect(url_for("national_group.show"))
    return render_template("national/national_group/join.html", form=form), attempt.status


@bp.route("/members/<int(max=2147483647):membership_id>/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def leave(membership_id: int) -> ResponseReturnValue:
    """Say on which day somebody was in the group last."""
    membership = get_national_membership(membership_id)
    form = LastDayForm(last_day=clock.today())
    name = membership.user.name
    attempt = Attempt(form, membership)
    if attempt.validate():
        with attempt:
            leave_national_group(
                membership, form.last_day.chosen, by=current_user_row(), today=clock.today(), now=clock.now()
            )
    if attempt.saved:
        flash(f"Saved. {name} is no longer in the group.", "success")
        return redirect(url_for("national_group.show"))
    return render_template("national/national_group/leave.html", form=form, membership=membership), attempt.status
