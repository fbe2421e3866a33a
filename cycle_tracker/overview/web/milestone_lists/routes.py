"""The list of a partnership's milestones, and the list as a file."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.cycles.queries.cycles import list_cycles
from cycle_tracker.documents.web.lines import COLUMNS, file_rows, lines
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.overview.queries.milestone_lists import MilestoneList, list_present_owners, partnership_list
from cycle_tracker.overview.web.milestone_lists.filters import MilestoneFilters, Offered
from cycle_tracker.overview.web.milestone_lists.presenters import columns, seen_by
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_viewer, signed_in
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, last_page, page_asked_for, page_of
from cycle_tracker.web.sheets import FileForm, Sheet, download

bp = Blueprint("milestone_lists", __name__, url_prefix="/partnerships/<slug>/milestones")


@bp.route("")
@signed_in
def show(slug: str) -> ResponseReturnValue:
    """The list. What the person may see of the partnership, and of each milestone, is asked where they are fetched."""
    viewer, today = current_viewer(), clock.today()
    partnership = get_partnership(viewer, slug)
    offered = _offered(viewer, partnership)
    filters = MilestoneFilters(request.args, offered)
    found = _found(viewer, partnership, filters)
    count = found.count()
    page = page_asked_for() if count > COUNTED_TO else min(page_asked_for(), last_page(count))
    pages = page_of(found.page(page, PER_PAGE, one_more=True), page=page, count=count)
    may_change = viewer.can(Permission.CHANGE_MILESTONES, partnership.id)
    return render_template(
        "overview/milestone_lists/show.html",
        partnership=partnership,
        today=today,
        detail=offered.detail,
        filters=filters,
        columns=columns(filters, offered.detail, slug, ticks=may_change),
        lines=lines(pages.items, viewer, today),
        pages=pages,
        may_change=may_change,
        all_ticked=request.args.get("tick") == "all",
        tick_all=url_for("milestone_lists.show", slug=slug, **filters.in_address(page=str(page), tick="all")),
        seen_by=seen_by(offered.detail, partnership),
    )


@bp.route("/export.<any(csv,xlsx):form>")
@signed_in
def export(slug: str, form: FileForm) -> ResponseReturnValue:
    """The whole list as it is filtered and sorted, with no more of it than the person sees on the page."""
    viewer, today = current_viewer(), clock.today()
    partnership = get_partnership(viewer, slug)
    offered = _offered(viewer, partnership)
    found = _found(viewer, partnership, MilestoneFilters(request.args, offered))
    return download(
        Sheet(
            f"milestones-{slug}-{today}",
            COLUMNS[offered.detail],
            file_rows(lines(found.rows(), viewer, today), offered.detail, today),
        ),
        form,
    )


def _offered(viewer: Viewer, partnership: Partnership) -> Offered:
    detail = detail_of_list(viewer, partnership)
    owners = list_present_owners(partnership) if detail is Detail.EVERYTHING else ()
    return Offered(detail, list_cycles(partnership), [(str(owner.id), owner.name) for owner in owners])


def _found(viewer: Viewer, partnership: Partnership, filters: MilestoneFilters) -> MilestoneList:
    return partnership_list(viewer, partnership, filters.question, filters.order, clock.today())


def detail_of_list(viewer: Viewer, partnership: Partnership) -> Detail:
    """How much of every row of a partnership's list a person sees."""
    if viewer.can(Permission.READ_PARTNERSHIP, partnership.id):
        return Detail.EVERYTHING
    if viewer.can(Permission.READ_TITLES_AND_DATES, partnership.id):
        return Detail.DATES
    return Detail.DOCUMENT
