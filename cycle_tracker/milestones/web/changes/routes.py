"""Setting a milestone right: one page for each change, back to the milestone's own page when it is made."""

from collections.abc import Callable, Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import ChangedMeanwhile, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind, Stage
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.milestones.queries.relations import Relation, list_possible_predecessors, list_related
from cycle_tracker.milestones.services.dependencies import add_predecessor, remove_predecessor
from cycle_tracker.milestones.services.local_milestones import Wanted, add_sub_task, edit_milestone, is_local
from cycle_tracker.milestones.services.milestones import drop_milestone, reopen_milestone
from cycle_tracker.milestones.services.owners import change_owner
from cycle_tracker.milestones.web.changes.forms import (
    DropForm,
    EditForm,
    LeadOrganisationForm,
    OwnerForm,
    PredecessorForm,
    ReopenForm,
    SubTaskForm,
)
from cycle_tracker.milestones.web.changes.presenters import predecessor_choices, related_task
from cycle_tracker.milestones.web.forms import MilestoneForm, save
from cycle_tracker.milestones.web.newest import read_newest
from cycle_tracker.models import Milestone, Organisation, User
from cycle_tracker.partnerships.queries.bodies import bodies_on
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.choices import body_choices, owner_choices, stage_choices
from cycle_tracker.web.saving import saved

bp = Blueprint("milestone_changes", __name__, url_prefix="/partnerships/<slug>/milestones/<key>")


@bp.route("/owner", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def owner(slug: str, key: str) -> ResponseReturnValue:
    """Give the milestone to somebody, or to nobody."""
    milestone = _get(slug, key)
    people = list_owners(_partnership_id(milestone), clock.today())
    form = OwnerForm(data={"owner": str(milestone.owner_id or "")})
    form.owner.offer(owner_choices(people))
    chosen = _chosen(people, form.owner.data)
    return _change(
        milestone,
        form,
        "milestones/changes/owner.html",
        lambda: change_owner([milestone], chosen, by=current_user_row(), today=clock.today(), now=clock.now()),
        f"Saved. {chosen.name} is now the owner." if chosen else "Saved. This has no owner.",
    )


@bp.route("/edit", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def edit(slug: str, key: str) -> ResponseReturnValue:
    """Change the title, stage and lead organisation of a local milestone; of another one its lead organisation."""
    milestone = _get(slug, key)
    bodies = _bodies_of(milestone, clock.today())
    now = {
        "title": milestone.title,
        "stage": milestone.stage.value if milestone.stage else "",
        "lead_organisation": str(milestone.lead_organisation_id or ""),
    }
    form = EditForm(data=now) if is_local(milestone) else LeadOrganisationForm(data=now)
    form.lead_organisation.offer(body_choices(bodies))
    if isinstance(form, EditForm):
        form.stage.offer(stage_choices())
    return _change(milestone, form, "milestones/changes/edit.html", lambda: _edit(milestone, form, bodies), "Saved.")


@bp.route("/drop", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def drop(slug: str, key: str) -> ResponseReturnValue:
    """Say that it will not be done, and why."""
    milestone, form = _get(slug, key), DropForm()
    return _change(
        milestone,
        form,
        "milestones/changes/drop.html",
        lambda: drop_milestone(milestone, form.reason.data, by=current_user_row(), now=clock.now()),
        "Saved. This is dropped, and reminders stop.",
    )


@bp.route("/reopen", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def reopen(slug: str, key: str) -> ResponseReturnValue:
    """Open it again, and say why."""
    milestone, form = _get(slug, key), ReopenForm()
    return _change(
        milestone,
        form,
        "milestones/changes/reopen.html",
        lambda: _reopen(milestone, form),
        "Saved. This is open again, and its reminders restart.",
    )


@bp.route("/sub-tasks/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def sub_task(slug: str, key: str) -> ResponseReturnValue:
    """Add a part of the work, with its own date and owner."""
    milestone = get_milestone(current_viewer(), slug, key, to=Permission.CHANGE_OWN_MILESTONES)
    people = list_owners(_partnership_id(milestone), clock.today())
    form = SubTaskForm()
    form.owner.offer(owner_choices(people))
    if form.validate_on_submit() and saved(form, lambda: _add_sub_task(milestone, form, people)):
        flash("Sub-task added.", "success")
        return redirect(_page_of(milestone, anchor="sub-tasks"))
    return render_template(
        "milestones/changes/sub_task.html",
        milestone=milestone,
        form=form,
        may_add=milestone.is_open and milestone.kind is not Kind.SUB_TASK,
    )


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
    if form.validate_on_submit() and saved(form, lambda: _add_predecessor(milestone, form, possible)):
        flash("Saved. We will warn people until it is finished. It does not stop them.", "success")
        return redirect(url_for("milestone_changes.predecessors", slug=slug, key=key))
    before = [one for one in list_related(milestone) if one.relation is Relation.BEFORE]
    return render_template(
        "milestones/changes/predecessors.html",
        milestone=milestone,
        form=form,
        before=[(one.id, related_task(one, clock.today())) for one in before],
    )


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


def _change(
    milestone: Milestone, form: MilestoneForm, template: str, change: Callable[[], object], done: str
) -> ResponseReturnValue:
    """Make a change and go to the milestone's page, or show the form with what stands in the way."""
    try:
        if form.validate_on_submit() and save(form, milestone, change):
            flash(done, "success")
            return redirect(_page_of(milestone))
    except ChangedMeanwhile:
        form.for_version(milestone)
        changed = read_newest(milestone, current_viewer())
        return render_template(template, milestone=milestone, form=form, changed=changed), 409
    if not form.is_submitted():
        form.for_version(milestone)
    return render_template(template, milestone=milestone, form=form)


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


def _reopen(milestone: Milestone, form: ReopenForm) -> None:
    if milestone.is_document:
        raise RuleBroken("You cannot reopen a plan or an annual report. If something is wrong, ask an official.")
    reopen_milestone(milestone, form.reason.data, by=current_user_row(), now=clock.now())


def _add_sub_task(milestone: Milestone, form: SubTaskForm, people: Sequence[User]) -> None:
    wanted = Wanted(form.title.data, form.due_on.data, _chosen(people, form.owner.data))
    add_sub_task(milestone, wanted, by=current_user_row(), today=clock.today(), now=clock.now())


def _add_predecessor(milestone: Milestone, form: PredecessorForm, possible: Sequence[Milestone]) -> None:
    first = next((one for one in possible if str(one.id) == form.predecessor.data), None)
    if first is None:
        raise RuleBroken("Choose a milestone from the list", field="predecessor")
    add_predecessor(milestone, first, by=current_user_row(), now=clock.now())


def _chosen(people: Sequence[User], value: str | None) -> User | None:
    return next((person for person in people if str(person.id) == value), None)


def _bodies_of(milestone: Milestone, today: date) -> list[Organisation]:
    """The bodies of the partnership today, and the one that leads on the milestone now."""
    bodies = bodies_on(_partnership_id(milestone), today)
    return [*bodies, milestone.lead_organisation] if milestone.lead_organisation else bodies


def _partnership_id(milestone: Milestone) -> int:
    if milestone.partnership_id is None:
        raise ValueError("a national milestone has no page of its own")
    return milestone.partnership_id


def _page_of(milestone: Milestone, *, anchor: str | None = None) -> str:
    slug = milestone.partnership.slug if milestone.partnership else ""
    return url_for("milestones.show", slug=slug, key=milestone.key, _anchor=anchor)
