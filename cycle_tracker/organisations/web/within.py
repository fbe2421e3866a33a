"""The organisations of one partnership, for its planning leads: who is in it, and adding one."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed, RuleBroken
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership
from cycle_tracker.organisations.queries.parts import get_part, is_role_set_by_law, is_set_by_law
from cycle_tracker.organisations.services.organisations import add_organisation
from cycle_tracker.organisations.services.parts import add_body, change_body
from cycle_tracker.organisations.web import presenters
from cycle_tracker.organisations.web.forms import AddPartForm, PartForm
from cycle_tracker.partnerships.queries.bodies import list_bodies, list_organisations
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt

bp = Blueprint("organisations_within", __name__, url_prefix="/partnerships/<slug>/organisations")
ONLY_BY_ADMINISTRATORS = "an integration joint board, or a body that the 2014 Act names,"


@bp.route("", methods=["GET", "POST"])
@requires(Permission.MANAGE_MEMBERS)
def index(slug: str) -> ResponseReturnValue:
    """Who leads, takes part and provides services, then and now; and one more."""
    partnership = _partnership(slug)
    organisations = list_organisations(partnership_id=partnership.id)
    form = AddPartForm()
    form.offer(organisations)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _add(partnership, form, organisations)
    if attempt.saved:
        flash("Added.", "success")
        return redirect(url_for("organisations_within.index", slug=slug))
    return render_template(
        "organisations/within.html",
        partnership=partnership,
        lines=presenters.member_lines(list_bodies(partnership.id), slug, clock.today()),
        form=form,
    ), attempt.status


@bp.route("/<int(max=2147483647):body_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_MEMBERS)
def change(slug: str, body_id: int) -> ResponseReturnValue:
    """Set the role and the days of an organisation, unless they are set by law."""
    partnership = _partnership(slug)
    part = get_part(partnership, body_id)
    if is_set_by_law(part):
        raise NotAllowed
    form = PartForm(data={"role": part.role.value, "from_on": part.from_on, "to_on": part.to_on})
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _ensure_theirs_to_give(form.part.role, part.organisation.kind)
            change_body(partnership, part, form.part, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(url_for("organisations_within.index", slug=slug))
    return render_template("organisations/part.html", partnership=partnership, part=part, form=form), attempt.status


def _partnership(slug: str) -> Partnership:
    return get_partnership(current_viewer(), slug, to=Permission.MANAGE_MEMBERS)


def _add(partnership: Partnership, form: AddPartForm, organisations: Sequence[Organisation]) -> None:
    """Give a role to the organisation that was chosen, or to a new one."""
    by, now, part = current_user_row(), clock.now(), form.part
    chosen = next((one for one in organisations if str(one.id) == form.organisation.data), None)
    _ensure_theirs_to_give(part.role, chosen.kind if chosen else form.details.kind)
    organisation = chosen or add_organisation(form.details, partnership=partnership, by=by, now=now)
    add_body(partnership, organisation, part.role, part.from_on, to_on=part.to_on, by=by, now=now)


def _ensure_theirs_to_give(role: BodyRole, kind: OrganisationKind) -> None:
    """Raises RuleBroken for a role that the law gives: once a lead had given it, they could not take it back."""
    if is_role_set_by_law(role, kind):
        raise RuleBroken(f"Only an administrator can add {ONLY_BY_ADMINISTRATORS} as a service provider.", field="role")
