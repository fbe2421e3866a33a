"""Importing the milestones of a partnership; and the preview of every import, with the button that records it."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.imports.queries import get_partnership_to_import, get_pending_import, list_all_of
from cycle_tracker.imports.rules.import_rows import SheetRow
from cycle_tracker.imports.rules.milestone_rows import COLUMNS, PARTNERSHIP
from cycle_tracker.imports.services.milestones import plan_milestones
from cycle_tracker.imports.services.pending import confirm_rows
from cycle_tracker.imports.services.plans import Plan, with_place
from cycle_tracker.imports.web.forms import FileForm
from cycle_tracker.imports.web.presenters import count_to_record, milestone_sheet, preview_lines, recorded, summary
from cycle_tracker.imports.web.receiving import NOTHING_NEW, ReceivedRows, receive
from cycle_tracker.milestones.services.local_milestones import LOCAL_KINDS
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.pending_import import ImportKind, PendingImport
from cycle_tracker.partnerships.queries.partnership_names import read_partnership_names
from cycle_tracker.web.access import current_user_row, current_viewer, requires, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import pages_of
from cycle_tracker.web.sheets import download

bp = Blueprint("imports", __name__)

PER_PAGE = 100
MEANWHILE = "Nothing has been saved, because someone else saved a change first. Check the rows again."


@bp.route("/partnerships/<slug>/import", methods=["GET", "POST"])
@requires(Permission.IMPORT_MILESTONES)
def milestones(slug: str) -> ResponseReturnValue:
    """Take a file of milestones in, to be looked at before anything is recorded."""
    partnership = get_partnership_to_import(current_viewer(), slug)
    form = FileForm()
    received = ReceivedRows()
    if request.method == "POST":
        received = receive(form, ImportKind.MILESTONES, partial(_rows, form, partnership), partial(_plan, partnership))
        if received.onward is not None:
            return received.onward
        if received.nothing_new:
            flash(NOTHING_NEW, "info")
            return redirect(url_for("imports.milestones", slug=slug))
    return render_template(
        "imports/milestones.html", partnership=partnership, form=form, received=received, kinds=LOCAL_KINDS, Kind=Kind
    )


@bp.get("/partnerships/<slug>/import/milestones.csv")
@requires(Permission.IMPORT_MILESTONES)
def milestones_file(slug: str) -> ResponseReturnValue:
    """The partnership's milestones as a file to change and import again."""
    partnership = get_partnership_to_import(current_viewer(), slug)
    return download(milestone_sheet(partnership, list_all_of(partnership.id), clock.today()), "csv")


@bp.get("/imports/<int(max=2147483647):import_id>")
@signed_in
def preview(import_id: int) -> ResponseReturnValue:
    """What the rows that this person put in would change. They are nobody else's, which is asked where they are
    fetched."""
    return _preview(get_pending_import(current_viewer(), import_id, clock.now()))


@bp.post("/imports/<int(max=2147483647):import_id>/record")
@signed_in
def record(import_id: int) -> ResponseReturnValue:
    """Record the rows as they were shown; pressed twice, it records them once."""
    viewer, now = current_viewer(), clock.now()
    pending = get_pending_import(viewer, import_id, now, lock=True)
    try:
        outcome = confirm_rows(pending, viewer, by=current_user_row(), today=clock.today(), now=now)
        db.session.commit()
    except (IntegrityError, StaleDataError):
        db.session.rollback()
        return _meanwhile(import_id)
    if outcome.plan.problems:
        return _preview(pending, ReceivedRows(problems=outcome.plan.problems))
    if not outcome.recorded and not outcome.before:
        return _meanwhile(import_id)
    flash(recorded(pending.rows), "success")
    return redirect(_after(pending))


def _preview(pending: PendingImport, received: ReceivedRows | None = None) -> str:
    rows = pending.rows
    return render_template(
        "imports/preview.html",
        pending=pending,
        form=FlaskForm(formdata=None),
        pages=pages_of(preview_lines(rows), PER_PAGE),
        summary=summary(rows),
        to_record=count_to_record(rows),
        received=received or ReceivedRows(),
        back=_after(pending),
    )


def _meanwhile(import_id: int) -> ResponseReturnValue:
    flash(MEANWHILE, "warning")
    return redirect(url_for("imports.preview", import_id=import_id))


def _rows(form: FileForm, partnership: Partnership) -> list[SheetRow]:
    """The rows; on the page of one partnership they need not name it."""
    return with_place(form.rows(COLUMNS), PARTNERSHIP, partnership)


def _plan(partnership: Partnership, rows: list[SheetRow]) -> Plan:
    return plan_milestones(rows, current_viewer(), clock.today(), only=partnership)


def _after(pending: PendingImport) -> str:
    """Where rows came from, and where to go on afterwards: the page of their partnership, or that of all."""
    names = {row["place"] for row in pending.rows}
    found = read_partnership_names().find(next(iter(names))) if len(names) == 1 else []
    if len(found) != 1:
        return url_for("history.national")
    if pending.kind is ImportKind.MILESTONES:
        return url_for("imports.milestones", slug=found[0].slug)
    return url_for("history.show", slug=found[0].slug)
