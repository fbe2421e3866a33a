"""The list of what a person owns, the list as a file, and one reply to several of its rows."""

from collections.abc import Sequence
from functools import lru_cache

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.documents.queries.listed import listed
from cycle_tracker.documents.web.lines import FULL_COLUMNS, file_rows, lines
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.overview.queries.milestone_lists import MilestoneList, list_ticked, own_list
from cycle_tracker.overview.services.replies import reply_to
from cycle_tracker.overview.web.my_work.filters import MyWorkFilters
from cycle_tracker.overview.web.my_work.forms import LONGEST_NOTE, ReplyForm
from cycle_tracker.overview.web.my_work.presenters import Outcomes, groups, outcomes, reply_wording, tiles
from cycle_tracker.partnerships.queries.partnerships import PartnershipName, list_names
from cycle_tracker.web.access import current_user_row, current_viewer, requires
from cycle_tracker.web.links import url_for
from cycle_tracker.web.paging import PER_PAGE, last_page, page_asked_for, page_of
from cycle_tracker.web.saving import Attempt
from cycle_tracker.web.sessions import partnerships_stamp
from cycle_tracker.web.sheets import FileForm, Sheet, download
from cycle_tracker.web.wording import count

bp = Blueprint("my_work", __name__, url_prefix="/my-work")


@bp.route("")
@requires(Permission.CHANGE_OWN_MILESTONES)
def show() -> ResponseReturnValue:
    """Everything that the person owns, by date; with the form of a reply under it."""
    return _list_page()


@bp.route("/export.<any(csv,xlsx):form>")
@requires(Permission.CHANGE_OWN_MILESTONES)
def export(form: FileForm) -> ResponseReturnValue:
    """The whole list as it is filtered and sorted."""
    viewer, today = current_viewer(), clock.today()
    filters = _filters(viewer)
    rows = _found(viewer, filters).rows()
    return download(
        Sheet(f"my-work-{today}", FULL_COLUMNS, file_rows(lines(rows, viewer, today), Detail.EVERYTHING, today)), form
    )


@bp.route("/reply", methods=["POST"])
@requires(Permission.CHANGE_OWN_MILESTONES)
def reply() -> ResponseReturnValue:
    """One reply to the ticked rows. One row that takes it is answered at once; several are shown first."""
    form = ReplyForm()
    if not form.is_right_on(clock.today()):
        return _list_page(form)
    ticked = list_ticked(current_viewer(), form.ticked.data.keys())
    shown = _shown(form, ticked)
    in_the_way = bool(shown[1]) or len(ticked) < len(form.ticked.data)
    if in_the_way or not (form.is_confirmed or len(ticked) == 1):
        return _preview(form, shown, missing=len(form.ticked.data) - len(ticked))
    return _record(form, ticked)


def _record(form: ReplyForm, ticked: Sequence[Milestone]) -> ResponseReturnValue:
    """Answer every ticked row in one transaction, and go back to the list."""
    attempt = Attempt(form)
    with attempt:
        reply_to(ticked, form.reply(), by=current_user_row(), today=clock.today(), now=clock.now())
    if not attempt.saved:
        ticked = list_ticked(current_viewer(), form.ticked.data.keys())
        return _preview(form, _shown(form, ticked), missing=0)
    flash(f"Updated {count(len(ticked), 'milestone')}. {reply_wording(form.reply())}", "success")
    return redirect(_back())


def _shown(form: ReplyForm, ticked: Sequence[Milestone]) -> Outcomes:
    viewer, rows = current_viewer(), [listed(one) for one in ticked]
    return outcomes(lines(rows, viewer, clock.today()), form.ticked.data, form.reply(), viewer)


def _preview(form: ReplyForm, shown: Outcomes, *, missing: int) -> ResponseReturnValue:
    """What the reply will do to each row, and what stands in the way of others; nothing is recorded yet."""
    taking, hindered = shown
    db.session.rollback()
    page = render_template(
        "overview/my_work/preview.html",
        form=form,
        reply=reply_wording(form.reply()),
        taking=taking,
        hindered=hindered,
        missing=missing,
        back=_back(),
    )
    return page, 409 if form.is_confirmed and hindered else 200


def _list_page(form: ReplyForm | None = None) -> ResponseReturnValue:
    """The list; with the form that was sent where something in it is wrong."""
    viewer, today = current_viewer(), clock.today()
    places = _places(viewer)
    filters = MyWorkFilters(request.args, viewer, places)
    when, found, page = filters.when.value, _found(viewer, filters), page_asked_for()
    rows, numbers = found.own_page(page, PER_PAGE)
    number = numbers.get(when, 0) if when else min(sum(numbers.values()), COUNTED_TO + 1)
    if number <= COUNTED_TO and page > last_page(number):
        page = last_page(number)
        rows, numbers = found.own_page(page, PER_PAGE)
    pages = page_of(rows, page=page, count=number)
    ticked = form.ticked.data or {} if form else {}
    if request.args.get("tick") == "all":
        ticked = {row.id: row.version for row in rows}
    return render_template(
        "overview/my_work/show.html",
        today=today,
        filters=filters,
        several=filters.partnership.is_offered,
        stands_in_for=viewer.stands_in_for,
        tiles=tiles(numbers, filters),
        groups=groups(pages.items, places, viewer, ticked, today),
        pages=pages,
        form=form,
        reply=_reply_fields(form) if form else _blank_reply_fields(),
    )


def _reply_fields(form: ReplyForm) -> Markup:
    return Markup(render_template("overview/my_work/_reply.html", form=form, longest_note=LONGEST_NOTE))  # noqa: S704


@lru_cache(1)
def _blank_reply_fields() -> Markup:
    """They say the same to everybody, and making them takes a tenth of the page."""
    return _reply_fields(ReplyForm(formdata=None))


def _filters(viewer: Viewer) -> MyWorkFilters:
    return MyWorkFilters(request.args, viewer, _places(viewer))


def _places(viewer: Viewer) -> Sequence[PartnershipName]:
    return list_names(viewer.partnerships_with(Permission.CHANGE_OWN_MILESTONES), stamp=partnerships_stamp())


def _found(viewer: Viewer, filters: MyWorkFilters) -> MilestoneList:
    return own_list(viewer, filters.question, filters.order, clock.today(), everything=filters.everything)


def _back() -> str:
    """The list as it was filtered when the reply was sent."""
    filters = _filters(current_viewer())
    page = str(page_asked_for()) if "page" in request.args else ""
    return url_for("my_work.show", **filters.in_address(page=page))
