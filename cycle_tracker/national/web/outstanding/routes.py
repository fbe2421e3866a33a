"""The list of outstanding documents."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.national.queries.causes import count_causes
from cycle_tracker.national.web.outstanding.forms import OutstandingFilters
from cycle_tracker.national.web.outstanding.not_joined import not_joined, stands_in_row
from cycle_tracker.national.web.outstanding.presenters import (
    columns,
    counts_in_words,
    grouped,
    in_order,
    sheet,
    table_rows,
    tiles,
    totals,
)
from cycle_tracker.partnerships.queries.partnerships import list_names
from cycle_tracker.web.access import current_viewer, requires
from cycle_tracker.web.paging import pages_of
from cycle_tracker.web.sessions import partnerships_stamp
from cycle_tracker.web.sheets import FileForm, download

bp = Blueprint("outstanding", __name__)


@bp.route("/outstanding")
@requires(Permission.READ_OUTSTANDING)
def show() -> ResponseReturnValue:
    """Every document past its guidance date and not complete, by state; filtered, sorted and paged by the address. One
    row stands for all of a partnership that has not joined."""
    today = clock.today()
    within = current_viewer().partnerships_with(Permission.READ_OUTSTANDING)
    partnerships = list_names(within, stamp=partnerships_stamp())
    filters = OutstandingFilters(request.args, partnerships, today)
    found = list_documents(
        today,
        within=within,
        partnership=filters.partnership.word,
        kind=filters.kind.value,
        period=filters.period.value,
        not_required=True,
    )
    in_list = [one for one in in_order(found, filters.state.value, filters.sort.value) if not stands_in_row(one)]
    pages = pages_of(in_list)
    may_ask = current_viewer().can(Permission.ASK_FOR_UPDATES)
    return render_template(
        "national/outstanding/show.html",
        today=today,
        filters=filters,
        tiles=tiles(found, filters),
        counts=counts_in_words(in_list),
        pages=pages,
        groups=[
            (group, columns(group, filters, with_boxes=may_ask), table_rows(group, with_boxes=may_ask))
            for group in grouped(pages.items)
        ],
        may_ask=may_ask,
        # Totals are for Scotland alone: of some partnerships they would say too much about one.
        causes=totals(count_causes()) if within is None else [],
        not_joined=not_joined(in_order(filter(stands_in_row, found), filters.state.value)),
    )


@bp.route("/outstanding/export.<any(csv,xlsx):form>")
@requires(Permission.READ_OUTSTANDING)
def export(form: FileForm) -> ResponseReturnValue:
    """The whole list with its filters and in its order, as a file."""
    today = clock.today()
    within = current_viewer().partnerships_with(Permission.READ_OUTSTANDING)
    filters = OutstandingFilters(request.args, list_names(within, stamp=partnerships_stamp()), today)
    found = list_documents(
        today,
        within=within,
        partnership=filters.partnership.word,
        kind=filters.kind.value,
        period=filters.period.value,
        not_required=True,
    )
    return download(sheet(in_order(found, filters.state.value, filters.sort.value), today), form)
