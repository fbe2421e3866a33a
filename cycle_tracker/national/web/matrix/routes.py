"""The matrix of partnerships and documents for one plan period."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import addresses, clock
from cycle_tracker.documents.queries.beside_plan.listed import beside_plans, beside_plans_from
from cycle_tracker.national.queries.documents import (
    count_documents,
    count_documents_of_period,
    list_documents_and_which_find_any,
    list_documents_of_period,
)
from cycle_tracker.national.web.matrix.filters import MatrixFilters
from cycle_tracker.national.web.matrix.presenters import beside_rows, columns, sheet, table_rows, totals, with_state
from cycle_tracker.partnerships.queries.partnerships import list_names
from cycle_tracker.web.access import current_viewer, requires
from cycle_tracker.web.paging import pages_of
from cycle_tracker.web.sessions import partnerships_stamp
from cycle_tracker.web.sheets import FileForm, download

bp = Blueprint("matrix", __name__, url_prefix=addresses.MATRIX)

PARTNERSHIPS_ON_A_PAGE = 30
"""All of Scotland's."""


@bp.get("")
@requires(Permission.READ_OUTSTANDING)
def show() -> ResponseReturnValue:
    """Where the plan and each report of every partnership stand; period and state stand in the address."""
    today = clock.today()
    within = current_viewer().partnerships_with(Permission.READ_OUTSTANDING)
    filters = MatrixFilters(request.args, today)
    period, state = filters.shown_period, filters.state.value
    partnerships = list_names(within, stamp=partnerships_stamp())
    asked = beside_plans(period, within)
    if state is None and len(partnerships) > PARTNERSHIPS_ON_A_PAGE:
        pages = pages_of(partnerships, PARTNERSHIPS_ON_A_PAGE)
        shown = frozenset(one.id for one in pages.items)
        documents, any_beside = list_documents_and_which_find_any(period, today, [asked], within=shown)
        counted = count_documents_of_period(period, today, within=within) if filters.totals.data else None
    else:
        documents, any_beside = list_documents_and_which_find_any(period, today, [asked], within=within)
        counted = count_documents(documents)
        chosen = partnerships if state is None else with_state(partnerships, documents, state)
        pages = pages_of(chosen, PARTNERSHIPS_ON_A_PAGE)
    return render_template(
        "national/matrix/show.html",
        today=today,
        filters=filters,
        columns=columns(period),
        totals=None if counted is None else totals(counted, filters),
        rows=table_rows(tuple(pages.items), documents, period),
        pages=pages,
        beside=beside_rows(beside_plans_from(asked.rows())) if any(any_beside) else [],
    )


@bp.get("/export.<any(csv,xlsx):form>")
@requires(Permission.READ_OUTSTANDING)
def export(form: FileForm) -> ResponseReturnValue:
    """The matrix as it stands, as a file."""
    today = clock.today()
    within = current_viewer().partnerships_with(Permission.READ_OUTSTANDING)
    filters = MatrixFilters(request.args, today)
    documents = list_documents_of_period(filters.shown_period, today, within=within)
    partnerships = list_names(within, stamp=partnerships_stamp())
    if filters.state.value is not None:
        partnerships = with_state(partnerships, documents, filters.state.value)
    return download(sheet(partnerships, documents, filters, today), form)
