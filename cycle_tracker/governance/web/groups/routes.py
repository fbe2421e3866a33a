"""The page of a governance group, and what is changed on it."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.governance.queries.decisions import list_decisions_of
from cycle_tracker.governance.queries.escalations import list_waiting
from cycle_tracker.governance.queries.groups import (
    count_meetings,
    get_group,
    get_meeting,
    get_membership,
    list_meetings,
    list_members,
    list_people_to_add,
)
from cycle_tracker.governance.services.groups import (
    add_meeting,
    add_member,
    change_meeting,
    change_place,
    end_membership,
    governance_group,
)
from cycle_tracker.governance.web.groups.forms import LastDayForm, MeetingForm, MemberForm, PlaceForm
from cycle_tracker.governance.web.groups.presenters import (
    decided,
    meeting_lines,
    member_lines,
    other_steps,
    parted,
    waiting_tasks,
)
from cycle_tracker.models.group import MembershipRole
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.users import find_user
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import day

bp = Blueprint("groups", __name__, url_prefix="/partnerships/<slug>/group")
SHOWN_AT_MOST = 10
ID = "int(max=2147483647)"


@bp.route("")
@signed_in
def show(slug: str) -> ResponseReturnValue:
    """The page. Who reads it is asked where the group is fetched; what came to the group is for those of the
    partnership, for it is content."""
    viewer, today = current_viewer(), clock.today()
    found = get_group(viewer, slug)
    partnership_id = found.partnership.id
    manages = viewer.can(Permission.MANAGE_GROUP, partnership_id)
    reads = viewer.can(Permission.READ_PARTNERSHIP, partnership_id)
    count = count_meetings(found.group)
    page = min(page_asked_for(), last_page(count))
    meetings = list_meetings(found.group, page=page, per_page=PER_PAGE)
    asked, others = parted(list_waiting(partnership_id, at_most=SHOWN_AT_MOST)) if reads else ([], [])
    present, former = member_lines(list_members(found.group), with_addresses=manages)
    return render_template(
        "governance/groups/show.html",
        partnership=found.partnership,
        group=found.group,
        present=present,
        former=former,
        meetings=meeting_lines(meetings, today),
        pages=Pages(meetings, page=page, count=count),
        waiting=waiting_tasks(asked, viewer, today) if reads else None,
        others=other_steps(others, viewer, today),
        decided=decided(list_decisions_of(partnership_id, at_most=SHOWN_AT_MOST), viewer) if reads else None,
        reads_escalations=viewer.can(Permission.READ_ESCALATIONS, partnership_id),
        manages=manages,
        decides=viewer.can(Permission.DECIDE_ESCALATIONS, partnership_id),
    )


@bp.route("/members/add", methods=["GET", "POST"])
@requires(Permission.MANAGE_GROUP)
def join(slug: str) -> ResponseReturnValue:
    """Give somebody a place in the group: chosen from those with a role in the partnership, or by their address."""
    found = get_group(current_viewer(), slug, to=Permission.MANAGE_GROUP)
    partnership = found.partnership
    form = MemberForm()
    form.offer(list_people_to_add(partnership, found.group))
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            add_member(
                partnership, _person(form), MembershipRole(form.place.data), by=current_user_row(), now=clock.now()
            )
    if attempt.saved:
        flash("Added to the group.", "success")
        return redirect(url_for("groups.show", slug=slug))
    return render_template("governance/groups/member.html", partnership=partnership, form=form), attempt.status


@bp.route(f"/members/<{ID}:membership_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_GROUP)
def place(slug: str, membership_id: int) -> ResponseReturnValue:
    """Say what somebody is in the group."""
    membership = get_membership(current_viewer(), slug, membership_id)
    form = PlaceForm(place=membership.role.value)
    attempt = Attempt(form, membership)
    if attempt.validate():
        role = MembershipRole(form.place.data)
        with attempt:
            change_place(membership, role, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash(f"Saved. The role of {membership.user.name} in the group has changed.", "success")
        return redirect(url_for("groups.show", slug=slug))
    return render_template(
        "governance/groups/place.html", partnership=_partnership(slug), form=form, membership=membership
    ), attempt.status


@bp.route(f"/members/<{ID}:membership_id>/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_GROUP)
def leave(slug: str, membership_id: int) -> ResponseReturnValue:
    """Say on which day somebody was in the group last."""
    membership = get_membership(current_viewer(), slug, membership_id)
    form = LastDayForm(last_day=clock.today())
    attempt = Attempt(form, membership)
    if attempt.validate():
        with attempt:
            end_membership(
                membership, form.last_day.chosen, by=current_user_row(), today=clock.today(), now=clock.now()
            )
    if attempt.saved:
        flash(f"Saved. {membership.user.name} is no longer in the group.", "success")
        return redirect(url_for("groups.show", slug=slug))
    return render_template(
        "governance/groups/end.html", partnership=_partnership(slug), form=form, membership=membership
    ), attempt.status


@bp.route("/meetings/add", methods=["GET", "POST"])
@requires(Permission.MANAGE_GROUP)
def meet(slug: str) -> ResponseReturnValue:
    """Add a meeting."""
    partnership, form = _partnership(slug), MeetingForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            add_meeting(
                governance_group(partnership),
                form.held_on.chosen,
                title=form.title.data,
                minutes=form.minutes.data,
                papers_on=form.papers_on.data,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
            )
    if attempt.saved:
        flash(f"Added the meeting of {day(form.held_on.data)}.", "success")
        return redirect(url_for("groups.show", slug=slug))
    return render_template(
        "governance/groups/meeting.html", partnership=partnership, form=form, meeting=None
    ), attempt.status


@bp.route(f"/meetings/<{ID}:meeting_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_GROUP)
def change(slug: str, meeting_id: int) -> ResponseReturnValue:
    """Another day, title or minutes of a meeting."""
    meeting = get_meeting(current_viewer(), slug, meeting_id)
    form = MeetingForm(obj=meeting)
    attempt = Attempt(form, meeting)
    if attempt.validate():
        with attempt:
            change_meeting(
                meeting,
                form.held_on.chosen,
                title=form.title.data,
                minutes=form.minutes.data,
                papers_on=form.papers_on.data,
                by=current_user_row(),
                today=clock.today(),
                now=clock.now(),
            )
    if attempt.saved:
        flash(f"Saved the meeting of {day(form.held_on.data)}.", "success")
        return redirect(url_for("groups.show", slug=slug))
    return render_template(
        "governance/groups/meeting.html", partnership=_partnership(slug), form=form, meeting=meeting
    ), attempt.status


def _partnership(slug: str) -> Partnership:
    return get_group(current_viewer(), slug, to=Permission.MANAGE_GROUP).partnership


def _person(form: MemberForm) -> User:
    """Who was named. Raises RuleBroken for an address that nobody has."""
    if form.person.data:
        return db.session.get_one(User, int(form.person.data))
    person = find_user(form.email.data)
    if person is None:
        raise RuleBroken(
            "No one has an account with this address. Invite them to the partnership first.", field="email"
        )
    return person
