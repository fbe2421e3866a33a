"""Handing over everything that somebody owns, on one page: choose who takes over, look at what goes, confirm."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.milestones.services.hand_over import HandOver, successors_for, transfer_all
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.people.queries.people import get_person, get_person_of, list_owned
from cycle_tracker.people.web import presenters
from cycle_tracker.people.web.forms import HandOverForm
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import pages_of
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import count

bp = Blueprint("hand_overs", __name__)
ONE = "<int(max=2147483647):person_id>"


@bp.route(f"/people/{ONE}/hand-over", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def everywhere(person_id: int) -> ResponseReturnValue:
    """All that somebody owns in any partnership."""
    person = get_person(person_id)
    return _page(person, list_owned(person.id), None)


@bp.route(f"/partnerships/<slug>/people/{ONE}/hand-over", methods=["GET", "POST"])
@requires(Permission.INVITE_PEOPLE)
def within(slug: str, person_id: int) -> ResponseReturnValue:
    """What somebody owns in one partnership."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.INVITE_PEOPLE)
    person = get_person_of(partnership, person_id, clock.today())
    return _page(person, list_owned(person.id, within=[partnership.id]), partnership)


def _page(person: User, owned: Sequence[Milestone], partnership: Partnership | None) -> ResponseReturnValue:
    """The choice, with the preview of the one made in the address; a POST carries it out."""
    today = clock.today()
    plans = {str(plan.successor.id): plan for plan in successors_for(owned, person, today)}
    form = HandOverForm(request.form if request.method == "POST" else request.args)
    form.offer((number, _label(plan)) for number, plan in plans.items())
    chosen = plans.get(form.to.data or "")
    back = _back(person, partnership)
    attempt = Attempt(form)
    if attempt.validate() and chosen is not None:
        with attempt:
            transfer_all(person, chosen.successor, owned, by=current_user_row(), today=clock.today(), now=clock.now())
        if attempt.saved:
            number = count(len(chosen.goes), "milestone")
            flash(f"Reassigned {number} from {person.name} to {chosen.successor.name}.", "success")
            return redirect(back)
    if request.method == "GET" and "to" in request.args and chosen is None:
        form.to.errors = ["Choose someone from the list"]
    pages = pages_of(chosen.goes if chosen else owned)
    return render_template(
        "milestones/hand_over.html",
        form=form,
        person=person,
        partnership=partnership,
        chosen=chosen,
        owned_count=len(owned),
        lines=presenters.owned_lines(pages.items, today),
        stays=presenters.owned_lines(chosen.stays, today) if chosen else [],
        pages=pages,
        here=request.path,
        back=back,
    ), attempt.status


def _label(plan: HandOver) -> str:
    kind = ", post" if plan.successor.is_post else ""
    all_of_it = len(plan.goes) + len(plan.stays)
    part = f" ({len(plan.goes)} of {all_of_it})" if plan.stays else ""
    return f"{plan.successor.name}{kind}{part}"


def _back(person: User, partnership: Partnership | None) -> str:
    if partnership is None:
        return url_for("people.show", person_id=person.id)
    return url_for("people_within.index", slug=partnership.slug)
