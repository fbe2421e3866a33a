"""The contacts of a partnership, and who is asked about one consultation or request."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.milestones.queries.contacts import (
    ContactList,
    get_asking_milestone,
    get_contact,
    list_asked,
    list_to_choose,
)
from cycle_tracker.milestones.services.contacts import add_contact, ask_contact, change_contact, stop_asking
from cycle_tracker.milestones.web.contacts.forms import AskForm, ContactFilters, ContactForm, NewContactForm
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, Pages, last_page, page_asked_for
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sheets import FileForm, Sheet, download

bp = Blueprint("contacts", __name__, url_prefix="/partnerships/<slug>")
OF_MILESTONE = "/milestones/<key>/contacts"
ONE = "<int(max=2147483647):contact_id>"
COLUMNS = (
    "Name",
    "Email address",
    "Organisation",
    "Roles",
    "Asked about",
    "Emailed before the date",
    "Emails switched on",
)


@bp.get("/contacts")
@requires(Permission.MANAGE_CONTACTS)
def index(slug: str) -> ResponseReturnValue:
    """All contacts of the partnership, by name."""
    partnership, found, filters = _asked_for(slug)
    count = found.count()
    page = min(page_asked_for(), last_page(count))
    rows = found.rows(page=page, per_page=PER_PAGE)
    return render_template(
        "milestones/contacts/index.html",
        partnership=partnership,
        rows=rows,
        pages=Pages(rows, page=page, count=count),
        filters=filters,
    )


@bp.get("/contacts/export.<any(csv,xlsx):form>")
@requires(Permission.MANAGE_CONTACTS)
def export(slug: str, form: FileForm) -> ResponseReturnValue:
    """The whole list as it is filtered."""
    _, found, _ = _asked_for(slug)
    rows = [
        (
            one.name,
            one.email,
            one.organisation_name,
            _roles(one),
            asked_about,
            _yes(one.reminds_before),
            _yes(one.active),
        )
        for one, asked_about in found.rows()
    ]
    return download(Sheet(f"contacts-{slug}-{clock.today()}", COLUMNS, rows), form)


@bp.route("/contacts/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_CONTACTS)
def add(slug: str) -> ResponseReturnValue:
    """Add a contact who is not asked about anything yet."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.MANAGE_CONTACTS)
    form = NewContactForm(data={"roles": []})
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            add_contact(partnership, form.details, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash(f"Added {form.name.data}.", "success")
        return redirect(url_for("contacts.index", slug=slug))
    return render_template("milestones/contacts/add.html", partnership=partnership, form=form), attempt.status


@bp.route(f"/contacts/{ONE}", methods=["GET", "POST"])
@requires(Permission.MANAGE_CONTACTS)
def change(slug: str, contact_id: int) -> ResponseReturnValue:
    """Set right who a contact is, or switch them off."""
    partnership, contact = get_contact(current_viewer(), slug, contact_id)
    form = ContactForm(
        data={
            "name": contact.name,
            "email": contact.email,
            "organisation": contact.organisation_name,
            "roles": [role.value for role in contact.roles],
            "active": contact.active,
        }
    )
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            change_contact(contact, form.details, active=form.active.data, by=current_user_row(), now=clock.now())
    if attempt.saved:
        flash("Saved.", "success")
        return redirect(url_for("contacts.index", slug=slug))
    return render_template(
        "milestones/contacts/change.html", partnership=partnership, contact=contact, form=form
    ), attempt.status


@bp.route(OF_MILESTONE, methods=["GET", "POST"])
@requires(Permission.MANAGE_CONTACTS)
def asked(slug: str, key: str) -> ResponseReturnValue:
    """Who is asked about a consultation or a request, and asking one more."""
    milestone = get_asking_milestone(current_viewer(), slug, key)
    form = AskForm()
    form.offer(list_to_choose(milestone))
    attempt = Attempt(form)
    if attempt.validate():
        with attempt:
            _ask(milestone, form)
    if attempt.saved:
        flash("Saved. We will email them when the next reminder is due.", "success")
        return redirect(url_for("contacts.asked", slug=slug, key=key))
    return render_template(
        "milestones/contacts/asked.html",
        milestone=milestone,
        contacts=list_asked(milestone),
        form=form,
        button=FlaskForm(),
    ), attempt.status


@bp.post(f"{OF_MILESTONE}/{ONE}/remove")
@requires(Permission.MANAGE_CONTACTS)
def remove(slug: str, key: str, contact_id: int) -> ResponseReturnValue:
    """Ask somebody no more. A button pressed twice does it once."""
    milestone = get_asking_milestone(current_viewer(), slug, key)
    _, contact = get_contact(current_viewer(), slug, contact_id)
    if FlaskForm().validate_on_submit():
        stop_asking(milestone, contact, by=current_user_row(), now=clock.now())
        db.session.commit()
        flash(f"Saved. We will no longer email {contact.name} about this.", "success")
    return redirect(url_for("contacts.asked", slug=slug, key=key))


def _asked_for(slug: str) -> tuple[Partnership, ContactList, ContactFilters]:
    """The partnership, its contacts as the address filters them, and the filters."""
    partnership = get_partnership(current_viewer(), slug, to=Permission.MANAGE_CONTACTS)
    filters = ContactFilters(request.args)
    return partnership, ContactList(partnership, filters.state.value, filters.text.word, filters.role.value), filters


def _ask(milestone: Milestone, form: AskForm) -> None:
    """Ask whom the form names: the choices hold the partnership's own contacts alone."""
    by, now = current_user_row(), clock.now()
    if milestone.partnership is None:
        raise ValueError("a national milestone has no contacts")
    contact = (
        db.session.get_one(Contact, int(form.contact.data))
        if form.contact.data
        else add_contact(milestone.partnership, form.details, by=by, now=now)
    )
    ask_contact(milestone, contact, by=by, now=now)


def _roles(contact: Contact) -> str:
    return ", ".join(role.label for role in contact.roles)


def _yes(value: bool) -> str:
    return "Yes" if value else "No"
