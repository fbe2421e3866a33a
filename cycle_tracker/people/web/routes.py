"""Everybody's accounts and roles, for administrators."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import NoResultFound

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.roles import Role
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.bodies import list_organisations
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.people.queries.accounts import count_people, list_people
from cycle_tracker.people.queries.held_roles import get_grant, list_roles
from cycle_tracker.people.queries.people import get_person, last_seen, list_owned
from cycle_tracker.people.queries.posts import list_holders, list_posts_of
from cycle_tracker.people.services import people
from cycle_tracker.people.web import presenters
from cycle_tracker.people.web.filters import PeopleFilters
from cycle_tracker.people.web.forms import ConfirmForm, PersonForm, RoleForm
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for, pages_of
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sheets import FileForm, Sheet, download

bp = Blueprint("people", __name__, url_prefix="/people")
ONE = "/<int(max=2147483647):person_id>"
OWNED_PER_PAGE = 20


@bp.get("")
@requires(Permission.INVITE_PEOPLE)
def index() -> ResponseReturnValue:
    """Everybody, for administrators; planning leads go on to the people of their partnership."""
    viewer = current_viewer()
    if not viewer.can(Permission.MANAGE_PEOPLE):
        return _for_leads(viewer)
    today = clock.today()
    filters = PeopleFilters(request.args, list_partnerships())
    count = count_people(filters.question, today)
    page = min(page_asked_for(), last_page(count))
    found = list_people(filters.question, today, page=page, per_page=PER_PAGE)
    return render_template(
        "people/index.html",
        filters=filters,
        columns=presenters.columns(filters),
        lines=presenters.lines(found),
        pages=Pages(found, page=page, count=count),
    )


@bp.get("/export.<any(csv,xlsx):form>")
@requires(Permission.MANAGE_PEOPLE)
def export(form: FileForm) -> ResponseReturnValue:
    """The whole list as it is filtered and sorted."""
    today = clock.today()
    found = presenters.lines(list_people(PeopleFilters(request.args, list_partnerships()).question, today))
    return download(Sheet(f"people-{today}", presenters.FILE_COLUMNS, presenters.file_rows(found)), form)


@bp.get(ONE)
@requires(Permission.MANAGE_PEOPLE)
def show(person_id: int) -> ResponseReturnValue:
    """One person or post: their roles, and what they own over all partnerships."""
    today, person = clock.today(), get_person(person_id)
    owned = list_owned(person.id)
    pages = pages_of(owned, OWNED_PER_PAGE)
    held = list_roles(person.id)
    return render_template(
        "people/show.html",
        person=person,
        status=presenters.status_of(person),
        facts=presenters.facts(person, last_seen(person.id), list_posts_of(person.id)),
        roles=presenters.role_lines(held, person.id),
        post_page=next((one.slug for one in held if one.slug), "") if person.is_post else "",
        holders=list_holders(person.id) if person.is_post else [],
        owned=presenters.owned_lines(pages.items, today),
        owned_wording=presenters.owns_wording(len(owned)),
        pages=pages,
        is_oneself=person.id == current_viewer().user_id,
    )


@bp.get(f"{ONE}/export.<any(csv,xlsx):form>")
@requires(Permission.MANAGE_PEOPLE)
def export_owned(person_id: int, form: FileForm) -> ResponseReturnValue:
    """What somebody owns and is open, as a file."""
    today, person = clock.today(), get_person(person_id)
    found = presenters.owned_lines(list_owned(person.id), today)
    return download(
        Sheet(f"owned-{person.id}-{today}", presenters.OWNED_COLUMNS, presenters.owned_rows(found)),
        form,
    )


@bp.route(f"{ONE}/change", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def change(person_id: int) -> ResponseReturnValue:
    """Give a person another name, or say for which organisation they work."""
    person = get_person(person_id)
    organisations = list_organisations(with_government=True, also=person.organisation)
    if person.is_post:
        raise NoResultFound
    form = PersonForm(
        data={"name": person.name, "organisation": person.organisation.code if person.organisation else ""}
    )
    form.offer(organisations)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            people.change_person(
                person,
                form.name.data,
                organisation={one.code: one for one in organisations}.get(form.organisation.data),
                by=current_user_row(),
                now=clock.now(),
            )
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(_page_of(person))
    return render_template("people/change.html", form=form, person=person), attempt.status


@bp.route(f"{ONE}/roles", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def add_role(person_id: int) -> ResponseReturnValue:
    """Give a person one more role."""
    person = get_person(person_id)
    partnerships, organisations = list_partnerships(), list_organisations()
    form = RoleForm()
    form.offer(partnerships, organisations)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            people.add_role(
                person,
                Role(form.role.data),
                partnership={one.slug: one for one in partnerships}.get(form.partnership.data),
                organisation={one.code: one for one in organisations}.get(form.organisation.data),
                by=current_user_row(),
                now=clock.now(),
            )
    if attempt.saved:
        flash(f"{person.name} now has the role.", "success")
        return redirect(_page_of(person))
    return render_template("people/add_role.html", form=form, person=person), attempt.status


@bp.route(f"{ONE}/roles/<int(max=2147483647):grant_id>/take-away", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def take_away(person_id: int, grant_id: int) -> ResponseReturnValue:
    """Remove a role, after a look at what it means."""
    person = get_person(person_id)
    grant = get_grant(person, grant_id)
    held = next(one for one in list_roles(person.id) if one.grant_id == grant.id)
    form = ConfirmForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            people.take_away_role(grant, by=current_user_row(), today=clock.today(), now=clock.now())
    if attempt.saved:
        flash(f"{person.name} no longer has this role: {presenters.role_wording(held)}.", "success")
        return redirect(_page_of(person))
    return render_template(
        "people/take_away.html",
        form=form,
        person=person,
        role=presenters.role_wording(held),
        owned=presenters.owns_wording(len(list_owned(person.id))),
        hand_over=url_for("hand_overs.everywhere", person_id=person.id),
        back=_page_of(person),
    ), attempt.status


@bp.route(f"{ONE}/deactivate", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def deactivate(person_id: int) -> ResponseReturnValue:
    """Switch an account off, after a look at what it owns."""
    person = get_person(person_id)
    form = ConfirmForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            people.deactivate(person, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"{person.name} is switched off.", "success")
        return redirect(_page_of(person))
    owned = list_owned(person.id)
    pages = pages_of(owned, OWNED_PER_PAGE)
    return render_template(
        "people/deactivate.html",
        form=form,
        person=person,
        owned=presenters.owned_lines(pages.items, clock.today()),
        owned_wording=presenters.owns_wording(len(owned)),
        pages=pages,
    ), attempt.status


@bp.post(f"{ONE}/reactivate")
@requires(Permission.MANAGE_PEOPLE)
def reactivate(person_id: int) -> ResponseReturnValue:
    """Switch an account on again."""
    person = get_person(person_id)
    form = ConfirmForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            people.reactivate(person, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"{person.name} is switched on again with the roles below.", "success")
    else:
        flash(" ".join(form.form_errors), "warning")
    return redirect(_page_of(person))


def _for_leads(viewer: Viewer) -> ResponseReturnValue:
    places = list_partnerships(viewer.partnerships_with(Permission.INVITE_PEOPLE))
    if len(places) == 1:
        return redirect(url_for("people_within.index", slug=places[0].slug))
    return render_template("people/choose.html", partnerships=places)


def _page_of(person: User) -> str:
    return url_for("people.show", person_id=person.id)
