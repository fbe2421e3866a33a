"""The address book: the list for administrators, adding and changing an organisation, and the page of one."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.models.organisation import SET_BY_LAW, Organisation
from cycle_tracker.organisations.queries.organisations import (
    adding_partnership,
    count_organisations,
    get_organisation,
    get_visible_organisation,
    list_contacts_of,
    list_organisation_rows,
    list_parts,
)
from cycle_tracker.organisations.services.organisations import add_organisation, change_organisation
from cycle_tracker.organisations.web import presenters
from cycle_tracker.organisations.web.forms import OrganisationFilters, OrganisationForm
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sheets import FileForm, Sheet, download

bp = Blueprint("organisations", __name__, url_prefix="/organisations")
ONE = "/<int(max=2147483647):organisation_id>"


@bp.get("")
@requires(Permission.MANAGE_ORGANISATIONS)
def index() -> ResponseReturnValue:
    """All organisations by name, as the address filters them."""
    filters = OrganisationFilters(request.args)
    count = count_organisations(filters.question)
    page = min(page_asked_for(), last_page(count))
    found = list_organisation_rows(filters.question, clock.today(), page=page, per_page=PER_PAGE)
    return render_template(
        "organisations/index.html",
        filters=filters,
        lines=presenters.lines(found),
        pages=Pages(found, page=page, count=count),
    )


@bp.get("/export.<any(csv,xlsx):form>")
@requires(Permission.MANAGE_ORGANISATIONS)
def export(form: FileForm) -> ResponseReturnValue:
    """The whole list as it is filtered."""
    today = clock.today()
    found = list_organisation_rows(OrganisationFilters(request.args).question, today)
    return download(Sheet(f"organisations-{today}", presenters.FILE_COLUMNS, presenters.file_rows(found)), form)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATIONS)
def add() -> ResponseReturnValue:
    """Add an organisation that every partnership can use."""
    form = OrganisationForm()
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            added = add_organisation(form.details, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"Added {added.name}.", "success")
        return redirect(url_for("organisations.show", organisation_id=added.id))
    return render_template("organisations/add.html", form=form), attempt.status


@bp.get(ONE)
@signed_in
def show(organisation_id: int) -> ResponseReturnValue:
    """What an organisation is, and its parts in the partnerships that the person sees: for administrators and planning
    leads."""
    viewer = current_viewer()
    may_change = viewer.can(Permission.MANAGE_ORGANISATIONS)
    if not (may_change or viewer.can(Permission.MANAGE_MEMBERS)):
        raise NotAllowed
    organisation = get_visible_organisation(viewer, organisation_id)
    into = db.session.get(Organisation, organisation.merged_into_id) if organisation.merged_into_id else None
    return render_template(
        "organisations/show.html",
        organisation=organisation,
        status=presenters.status_of(in_use=organisation.in_use, is_waiting=organisation.is_waiting),
        facts=presenters.facts(organisation, adding_partnership(organisation) if may_change else None, into),
        parts=presenters.part_lines(list_parts(organisation, viewer)),
        contacts=presenters.contact_lines(list_contacts_of(organisation, viewer)),
        keeps_contacts=viewer.can(Permission.MANAGE_CONTACTS),
        into=into,
        may_change=may_change,
        is_fixed=organisation.kind in SET_BY_LAW,
        seen_by=presenters.seen_by(viewer),
    )


@bp.route(f"{ONE}/change", methods=["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATIONS)
def change(organisation_id: int) -> ResponseReturnValue:
    """Set the name, kind, mailbox and code of an organisation."""
    organisation = get_organisation(organisation_id)
    form = OrganisationForm(
        data={
            "name": organisation.name,
            "kind": organisation.kind.value,
            "mailbox": organisation.mailbox or "",
            "code": organisation.code,
        }
    )
    form.offer(organisation)
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            change_organisation(organisation, form.details, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(url_for("organisations.show", organisation_id=organisation_id))
    return render_template("organisations/change.html", organisation=organisation, form=form), attempt.status
