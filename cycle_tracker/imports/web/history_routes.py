"""The history of plans and reports: of one partnership, and for officials of all of them."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.imports.queries import get_partnership_of_history
from cycle_tracker.imports.rules.history_rows import COLUMNS, PARTNERSHIP, Document, documents_until
from cycle_tracker.imports.rules.import_rows import SheetRow
from cycle_tracker.imports.services.history import plan_history
from cycle_tracker.imports.services.plans import Plan, with_place
from cycle_tracker.imports.web.forms import HistoryGrid, ways_in
from cycle_tracker.imports.web.presenters import history_sheet, records_of, slots_of_document, slots_of_partnership
from cycle_tracker.imports.web.receiving import NOTHING_NEW, ReceivedRows, receive
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.pending_import import ImportKind
from cycle_tracker.partnerships.queries.partnerships import list_partnerships
from cycle_tracker.web.access import current_viewer, requires, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.sheets import FileForm, download

bp = Blueprint("history", __name__)


@bp.route("/partnerships/<slug>/history", methods=["GET", "POST"])
@signed_in
def show(slug: str) -> ResponseReturnValue:
    """The documents of one partnership. Whether the person may record them is asked where it is fetched."""
    partnership = get_partnership_of_history(current_viewer(), slug)
    documents = documents_until(clock.today())
    grid = HistoryGrid(slots_of_partnership(partnership, documents, records_of([partnership], documents)))
    return _page("imports/history.html", grid, only=partnership, back=url_for("history.show", slug=slug))


@bp.get("/partnerships/<slug>/history/template.<any(csv,xlsx):form>")
@signed_in
def template(slug: str, form: FileForm) -> ResponseReturnValue:
    """The file to fill in for one partnership, with what is recorded already."""
    partnership = get_partnership_of_history(current_viewer(), slug)
    return _template(f"history-{slug}", [partnership], form)


@bp.route("/history", methods=["GET", "POST"])
@requires(Permission.RECORD_ON_BEHALF)
def national() -> ResponseReturnValue:
    """One document of every partnership, chosen in the address."""
    documents = documents_until(clock.today())
    chosen = _chosen(documents)
    partnerships = _partnerships()
    grid = HistoryGrid(slots_of_document(partnerships, chosen, records_of(partnerships, [chosen])))
    return _page(
        "imports/national_history.html",
        grid,
        only=None,
        back=url_for("history.national", document=chosen.key),
        chosen=chosen,
        documents=documents,
        partnerships=partnerships,
    )


@bp.get("/history/template.<any(csv,xlsx):form>")
@requires(Permission.RECORD_ON_BEHALF)
def national_template(form: FileForm) -> ResponseReturnValue:
    """The file to fill in for every partnership, with what is recorded already."""
    return _template("history", _partnerships(), form)


def _page(name: str, grid: HistoryGrid, *, only: Partnership | None, back: str, **more: object) -> ResponseReturnValue:
    """The page with its three ways in: a file, pasted cells, and the grid."""
    way = request.form.get("way", "") if request.method == "POST" else ""
    forms = ways_in(way)
    submitted: FlaskForm | None = None
    received = ReceivedRows()
    if request.method == "POST":
        chosen = forms.get(way)
        submitted = chosen or grid.form
        read = partial(chosen.rows, COLUMNS) if chosen else grid.rows
        received = receive(submitted, ImportKind.HISTORY, partial(_rows, read, only), partial(_plan, only))
        if received.onward is not None:
            return received.onward
        if received.nothing_new:
            flash(NOTHING_NEW, "info")
            return redirect(back)
        if chosen is None:
            grid.show(received.problems)
            received = ReceivedRows()
    return render_template(
        name,
        grid=grid,
        forms=forms,
        form=submitted,
        received=received,
        partnership=only,
        back=back,
        on_behalf=only is None or not current_viewer().can(Permission.RECORD_PUBLICATION, only.id),
        **more,
    )


def _rows(read: Callable[[], list[SheetRow]], only: Partnership | None) -> list[SheetRow]:
    """The rows; on the page of one partnership they need not name it."""
    return read() if only is None else with_place(read(), PARTNERSHIP, only)


def _plan(only: Partnership | None, rows: Sequence[SheetRow]) -> Plan:
    return plan_history(rows, current_viewer(), clock.today(), only=only)


def _template(name: str, partnerships: Sequence[Partnership], form: FileForm) -> ResponseReturnValue:
    documents = documents_until(clock.today())
    return download(history_sheet(name, partnerships, documents, records_of(partnerships, documents)), form)


def _partnerships() -> Sequence[Partnership]:
    return list_partnerships(current_viewer().partnerships_with(Permission.RECORD_ON_BEHALF))


def _chosen(documents: Sequence[Document]) -> Document:
    """The document that the address names; the newest report, or else the newest document, where it names none."""
    key = request.args.get("document", "")
    newest = next((one for one in reversed(documents) if one.year), documents[-1])
    return next((one for one in documents if one.key == key), newest)
