"""Adding a local milestone to a cycle."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.kinds import Kind, Stage
from cycle_tracker.cycles.queries.cycles import get_open_cycle
from cycle_tracker.cycles.web.local_milestones.forms import LocalMilestoneForm
from cycle_tracker.milestones.services.local_milestones import Wanted, add_local_milestone
from cycle_tracker.milestones.web.places import page_of
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.bodies import bodies_on
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.choices import body_choices, owner_choices
from cycle_tracker.web.saving import Attempt

bp = Blueprint("local_milestones", __name__, url_prefix="/partnerships/<slug>/cycles/<period>/milestones")


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_MILESTONES)
def new(slug: str, period: str) -> ResponseReturnValue:
    """Add a milestone of one's own to the cycle."""
    cycle = _cycle(slug, period)
    people, bodies = list_owners(cycle.partnership_id, clock.today()), bodies_on(cycle.partnership_id, clock.today())
    form = LocalMilestoneForm()
    form.offer(owners=owner_choices(people), bodies=body_choices(bodies))
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            added = _add(cycle, form, people, bodies)
    if attempt.saved:
        flash("Milestone added.", "success")
        return redirect(page_of(added))
    return render_template("cycles/local_milestones/new.html", cycle=cycle, form=form), attempt.status


def _cycle(slug: str, period: str) -> Cycle:
    """The cycle, for those who may change its milestones. Raises NoResultFound and NotAllowed for others."""
    viewer = current_viewer()
    cycle = get_open_cycle(viewer, slug, period)
    if not viewer.can(Permission.CHANGE_MILESTONES, cycle.partnership_id):
        raise NotAllowed
    return cycle


def _add(cycle: Cycle, form: LocalMilestoneForm, people: Sequence[User], bodies: Sequence[Organisation]) -> Milestone:
    wanted = Wanted(
        title=form.title.data,
        due_on=form.due_on.data,
        owner=next((one for one in people if str(one.id) == form.owner.data), None),
        stage=Stage(form.stage.data) if form.stage.data else None,
        opens_on=form.opens_on.data,
        lead_organisation=next((one for one in bodies if str(one.id) == form.lead_organisation.data), None),
    )
    by, today, now = current_user_row(), clock.today(), clock.now()
    return add_local_milestone(cycle, Kind(form.kind.data), wanted, by=by, today=today, now=now)
