"""Setting cover for oneself, or for someone in one's partnership, and ending it early."""

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.people.queries.delegations import get_delegation, list_possible_deputies, list_to_come
from cycle_tracker.people.queries.people import get_person_of
from cycle_tracker.people.rules import may_set_away
from cycle_tracker.people.services.delegations import end_away, set_away
from cycle_tracker.people.web.delegations.forms import AwayForm, EndForm
from cycle_tracker.people.web.delegations.presenters import lines_of, own_lines
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.wording import day

bp = Blueprint("delegations", __name__)
WITHIN = "/partnerships/<slug>/people/<int(max=2147483647):person_id>/away"
ONE = "<int(max=2147483647):delegation_id>"
END = "Emails go to the person themselves again."


@bp.route("/account/away", methods=["GET", "POST"])
@signed_in
def mine() -> ResponseReturnValue:
    """Set cover for oneself; see what is set."""
    person, viewer, today = current_user_row(), current_viewer(), clock.today()
    form = _form(viewer)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _set(person, form, None)
    if attempt.saved:
        flash(_said(form, "you"), "success")
        return redirect(url_for("account.show"))
    found = list_to_come(person.id, today, also_as_deputy=True)
    shown = own_lines(found, person.id, today)
    return render_template("people/delegations/mine.html", form=form, lines=shown), attempt.status


@bp.post(f"/account/away/{ONE}/end")
@signed_in
def end_mine(delegation_id: int) -> ResponseReturnValue:
    """End one's own cover, or stop covering for another. Raises NoResultFound for anyone else's."""
    person = current_user_row()
    delegation = get_delegation(delegation_id, of=person.id, or_deputy=True)
    attempt = Attempt(EndForm())
    if attempt.validate():
        with attempt:
            end_away(delegation, by=person, today=clock.today(), now=clock.now())
    _say_whether_ended(attempt)
    return redirect(url_for("account.show"))


@bp.route(WITHIN, methods=["GET", "POST"])
@requires(Permission.INVITE_PEOPLE)
def within(slug: str, person_id: int) -> ResponseReturnValue:
    """Set cover for someone who works in the partnership."""
    partnership, today = _partnership(slug), clock.today()
    person = get_person_of(partnership, person_id, today)
    viewer = viewers_of([person.id], today).get(person.id)
    may_set = viewer is not None and not person.is_post and may_set_away(current_viewer(), viewer, partnership.id)
    form = _form(viewer)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _set(person, form, partnership)
    if attempt.saved:
        flash(_said(form, person.name), "success")
        return redirect(url_for("people_within.show", slug=slug, person_id=person.id))
    return render_template(
        "people/delegations/within.html",
        form=form,
        partnership=partnership,
        person=person,
        lines=lines_of(list_to_come(person.id, today), slug, today, may_end=may_set),
        may_set=may_set,
    ), attempt.status


@bp.post(f"{WITHIN}/{ONE}/end")
@requires(Permission.INVITE_PEOPLE)
def end_within(slug: str, person_id: int, delegation_id: int) -> ResponseReturnValue:
    """End the cover for someone who works in the partnership."""
    partnership, today = _partnership(slug), clock.today()
    person = get_person_of(partnership, person_id, today)
    delegation = get_delegation(delegation_id, of=person.id)
    attempt = Attempt(EndForm())
    if attempt.validate():
        with attempt:
            end_away(delegation, by=current_user_row(), today=today, now=clock.now(), within_id=partnership.id)
    _say_whether_ended(attempt)
    return redirect(url_for("people_within.show", slug=slug, person_id=person.id))


def _partnership(slug: str) -> Partnership:
    return get_partnership(current_viewer(), slug, to=Permission.INVITE_PEOPLE)


def _form(person: Viewer | None) -> AwayForm:
    """The form, with those to choose from who work where the person does."""
    form = AwayForm()
    form.offer_people(list_possible_deputies(person, clock.today()) if person is not None else [])
    return form


def _set(person: User, form: AwayForm, partnership: Partnership | None) -> None:
    set_away(
        person,
        db.session.get_one(User, int(form.deputy.data)),
        form.from_on.chosen,
        form.to_on.chosen,
        by=current_user_row(),
        today=clock.today(),
        now=clock.now(),
        within_id=partnership.id if partnership else None,
    )


def _said(form: AwayForm, person: str) -> str:
    deputy = dict(form.deputy.choices or ()).get(form.deputy.data, "")
    return f"Saved. {deputy} covers for {person} from {day(form.from_on.data)} to {day(form.to_on.data)}."


def _say_whether_ended(attempt: Attempt) -> None:
    if attempt.saved:
        flash(f"The cover has ended. {END}", "success")
    else:
        flash(" ".join(attempt.form.form_errors) or "The cover was not ended. Try again.", "warning")
