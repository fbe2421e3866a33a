"""`/register`: which plans and reports are published, and where. For everybody."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.core import clock
from cycle_tracker.documents.queries.register import (
    list_all_published,
    list_partnerships_with_publications,
    list_published,
)
from cycle_tracker.documents.web.register.filters import RegisterFilters
from cycle_tracker.documents.web.register.presenters import address_label, sheet
from cycle_tracker.web.access import public
from cycle_tracker.web.paging import page_asked_for
from cycle_tracker.web.sheets import FileForm, download

bp = Blueprint("register", __name__)


@bp.get("/register")
@public
def show() -> ResponseReturnValue:
    """Published documents with their addresses; `?partnership=` and `?period=` narrow the list."""
    filters = _filters()
    pages = list_published(
        partnership=filters.partnership.word,
        period=filters.period.value,
        page=page_asked_for(),
    )
    return render_template(
        "documents/register/register.html",
        filters=filters,
        pages=pages,
        address_label=address_label,
    )


@bp.get("/register/export.<any(csv,xlsx):form>")
@public
def export(form: FileForm) -> ResponseReturnValue:
    """The whole register with its filters, as a file."""
    filters = _filters()
    found = list_all_published(partnership=filters.partnership.word, period=filters.period.value)
    return download(sheet(found, clock.today()), form)


def _filters() -> RegisterFilters:
    return RegisterFilters(request.args, list_partnerships_with_publications())
