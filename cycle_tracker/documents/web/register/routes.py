"""`/register`: which plans and reports are published, and where. For everybody."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.core import clock
from cycle_tracker.documents.queries.beside_plan.listed import anything_beside_plans, list_public_beside_plans
from cycle_tracker.documents.queries.register import (
    list_page_of_published,
    list_published,
)
from cycle_tracker.documents.web.register.filters import RegisterFilters
from cycle_tracker.documents.web.register.presenters import rows, sheet, unpublished_rows
from cycle_tracker.partnerships.queries.partnerships import list_having_published
from cycle_tracker.web.access import public
from cycle_tracker.web.paging import PER_PAGE, page_asked_for, page_of
from cycle_tracker.web.sheets import FileForm, download

bp = Blueprint("register", __name__)


@bp.get("/register")
@public
def show() -> ResponseReturnValue:
    """Published documents with their addresses; `?partnership=` and `?period=` narrow the list."""
    having_some, (any_beside,) = list_having_published([anything_beside_plans()])
    filters = RegisterFilters(request.args, having_some)
    partnership, period = filters.partnership.word, filters.period.value
    page = page_asked_for()
    found, count = list_page_of_published(
        having_some, partnership=partnership, period=period, page=page, per_page=PER_PAGE
    )
    pages = page_of(found, page=page, count=count)
    beside = []
    if any_beside:
        shown = [one.milestone_id for one in pages.items]
        beside = list_public_beside_plans(shown, partnership=partnership, period=period, on_a_page=True)
    return render_template(
        "documents/register/register.html",
        filters=filters,
        pages=pages,
        publications=rows(pages.items, beside),
        unpublished=unpublished_rows(beside),
    )


@bp.get("/register/export.<any(csv,xlsx):form>")
@public
def export(form: FileForm) -> ResponseReturnValue:
    """The whole register with its filters, as a file."""
    having_some, _ = list_having_published()
    filters = RegisterFilters(request.args, having_some)
    partnership, period = filters.partnership.word, filters.period.value
    found = list_published(having_some, partnership=partnership, period=period)
    beside = list_public_beside_plans([one.milestone_id for one in found], partnership=partnership, period=period)
    return download(sheet(found, beside, clock.today()), form)
