"""Setting a milestone right: one page for each change, back to the milestone's own page when it is made."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, Stage
from cycle_tracker.milestones.queries.ended import get_milestone_to_reopen
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.queries.relations import Relation, list_possible_predecessors, list_related
from cycle_tracker.milestones.services.by_record import finish_without_details
from cycle_tracker.milestones.services.dependencies import add_predecessor, remove_predecessor
from cycle_tracker.milestones.services.local_milestones import Wanted, add_sub_task, edit_milestone, is_local
from cycle_tracker.milestones.services.milestones import drop_milestone, reopen_milestone
from cycle_tracker.milestones.services.owners import change_owner
from cycle_tracker.milestones.web.changes.forms import (
    DetailsNotKnownForm,
    DropForm,
    EditForm,
    LeadOrganisationForm,
    OwnerForm,
    PredecessorForm,
    ReopenForm,
    SubTaskForm,
)
from cycle_tracker.milestones.web.changes.presenters import predecessor_choices, related_task
from cycle_tracker.milestones.web.forms import MilestoneForm
from cycle_tracker.milestones.web.newest import changed_by_others
from cycle_tracker.milestones.web.places import page_of, partnership_id_of
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.bodies import bodies_on
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.choices import body_choices, owner_choices, stage_choices
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("milestone_changes", __name__, url_prefix="/partnerships/<slug>/milestones/<key>")
NOT_A_DOCUMENT = "You cannot reopen a plan or an annual report. If something is wrong, ask an official."


@bp.route("/owner", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def owner(slug: str, key: str) -> ResponseReturnValue:
    """Give the milestone to somebody, or to nobody."""
    milestone = _get(slug, key)
    people = list_owners(partnership_id_of(milestone), clock.today())
    form = OwnerForm(data={"owner": str(milestone.owner_id or "")})
    form.owner.offer(owner_choices(people))
    attempt, chosen = Attempt(form, milestone), _chosen(people, form.owner.data)
    if attempt.validate():
        with attempt:
            change_owner([milestone], chosen, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash(f"Saved. {chosen.name} is now the owner." if chosen else "Saved. This has no owner.", "success")
        return redirect(page_of(milestone))
    return _page("milestones/changes/owner.html", milestone, form, attempt)


@bp.route("/edit", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def edit(slug: str, key: str) -> ResponseReturnValue:
    """Change the title, stage and lead organisation of a local milestone; of another one its lead organisation."""
    milestone = _get(slug, key)
    bodies = _bodies_of(milestone, clock.today())
    form = _edit_form(milestone, bodies)
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            _edit(milestone, form, bodies)
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(page_of(milestone))
    return _page("milestones/changes/edit.html", milestone, form, attempt)


@bp.route("/drop", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def drop(slug: str, key: str) -> ResponseReturnValue:
    """Say that it will not be done, and why."""
    milestone, form = _get(slug, key), DropForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            drop_milestone(milestone, form.reason.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved. This is dropped, and reminders stop.", "success")
        return redirect(page_of(milestone))
    return _page("milestones/changes/drop.html", milestone, form, attempt)


@bp.route("/reopen", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def reopen(slug: str, key: str) -> ResponseReturnValue:
    """Open it again, and say why: for leads, and for who marked it as done."""
    milestone, form = get_milestone_to_reopen(current_viewer(), slug, key), ReopenForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            if milestone.is_document:
                raise RuleBroken(NOT_A_DOCUMENT)
            reopen_milestone(milestone, form.reason.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved. This is open again, and its reminders restart.", "success")
        return redirect(page_of(milestone))
    return _page("milestones/changes/reopen.html", milestone, form, attempt)


@bp.route("/details-not-known", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def details_not_known(slug: str, key: str) -> ResponseReturnValue:
    """Say that a step was done although nobody knows the details that would complete it."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    if milestone.fact is None:
        raise NoResultFound
    form = DetailsNotKnownForm()
    attempt = Attempt(form, milestone)
    if attempt.validate():
        with attempt:
            finish_without_details(milestone, form.reason.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved. This is done, and its details are not known.", "success")
        return redirect(page_of(milestone))
    return _page("milestones/changes/details_not_known.html", milestone, form, attempt)


@bp.route("/sub-tasks/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def sub_task(slug: str, key: str) -> ResponseReturnValue:
    """Add a part of the work, with its own date and owner."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    people = list_owners(partnership_id_of(milestone), clock.today())
    form = SubTaskForm()
    form.owner.offer(owner_choices(people))
    attempt = Attempt(form)
    if attempt.validate():
        wanted = Wanted(form.title.data, form.due_on.data, _chosen(people, form.owner.data))
        with attempt:
            add_sub_task(milestone, wanted, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash("Sub-task added.", "success")
        return redirect(page_of(milestone, anchor="sub-tasks"))
    return render_template(
        "milestones/changes/sub_task.html",
        milestone=milestone,
        form=form,
        may_add=milestone.is_open and milestone.kind is not Kind.SUB_TASK,
    ), attempt.status


@bp.route("/predecessors", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def predecessors(slug: str, key: str) -> ResponseReturnValue:
    """What should be finished first: the list of it, and one more."""
    milestone = _get(slug, key)
    possible = list_possible_predecessors(milestone)
    form = PredecessorForm()
    form.predecessor.offer(predecessor_choices(possible))
    if form.is_submitted() and form.predecessor.data in {str(one.id) for one in milestone.predecessors}:
        return redirect(url_for("milestone_changes.predecessors", slug=slug, key=key))  # the button pressed twice
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            first = next((one for one in possible if str(one.id) == form.predecessor.data), None)
            if first is None:
                raise RuleBroken("Choose a milestone from the list", field="predecessor")
            add_predecessor(milestone, first, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved. We will warn people until it is finished. It does not stop them.", "success")
        return redirect(url_for("milestone_changes.predecessors", slug=slug, key=key))
    before = [one for one in list_related(milestone) if one.relation is Relation.BEFORE]
    return render_template(
        "milestones/changes/predecessors.html",
        milestone=milestone,
        form=form,
        before=[(one.id, related_task(one, clock.today())) for one in before],
    ), attempt.status


@bp.route("/predecessors/<int(max=2147483647):predecessor_id>/remove", methods=["POST"])
@requires(Permission.CHANGE_MILESTONES)
def no_predecessor(slug: str, key: str, predecessor_id: int) -> ResponseReturnValue:
    """Say that something need not be finished first. Where it need not anyway, nothing changes."""
    milestone = _get(slug, key)
    first = next((one for one in milestone.predecessors if one.id == predecessor_id), None)
    if first is not None and FlaskForm().validate_on_submit():
        remove_predecessor(milestone, first, by=current_user_row(), now=clock.now())
        db.session.commit()
        flash("Saved. It no longer needs to be finished first.", "success")
    return redirect(url_for("milestone_changes.predecessors", slug=slug, key=key))


def _get(slug: str, key: str) -> Milestone:
    return get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_MILESTONES)


def _page(template: str, milestone: Milestone, form: MilestoneForm, attempt: Attempt) -> ResponseReturnValue:
    changed = changed_by_others(attempt, milestone)
    return render_template(template, milestone=milestone, form=form, changed=changed), attempt.status


def _edit_form(milestone: Milestone, bodies: Sequence[Organisation]) -> EditForm | LeadOrganisationForm:
    """The form that says what the milestone says now."""
    now = {
        "title": milestone.title,
        "stage": milestone.stage.value if milestone.stage else "",
        "lead_organisation": str(milestone.lead_organisation_id or ""),
    }
    form = EditForm(data=now) if is_local(milestone) else LeadOrganisationForm(data=now)
    form.lead_organisation.offer(body_choices(bodies))
    if isinstance(form, EditForm):
        form.stage.offer(stage_choices())
    return form


def _edit(milestone: Milestone, form: EditForm | LeadOrganisationForm, bodies: Sequence[Organisation]) -> None:
    in_full = isinstance(form, EditForm)
    edit_milestone(
        milestone,
        title=form.title.data if in_full else milestone.title,
        stage=(Stage(form.stage.data) if form.stage.data else None) if in_full else milestone.stage,
        lead_organisation=next((one for one in bodies if str(one.id) == form.lead_organisation.data), None),
        by=current_user_row(),
        now=clock.now(),
    )


def _chosen(people: Sequence[User], value: str | None) -> User | None:
    return next((person for person in people if str(person.id) == value), None)


def _bodies_of(milestone: Milestone, today: date) -> list[Organisation]:
    """The bodies of the partnership today, and the one that leads on the milestone now."""
    bodies = bodies_on(partnership_id_of(milestone), today)
    return [*bodies, milestone.lead_organisation] if milestone.lead_organisation else bodies
