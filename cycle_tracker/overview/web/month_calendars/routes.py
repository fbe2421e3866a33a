"""The month of a partnership, and of a person."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from cycle_tracker.access.rules.permissions import Permission
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.months import Month
from cycle_tracker.documents.web.lines import lines
from cycle_tracker.overview.queries.milestone_lists import MilestoneList, own_list, partnership_list
from cycle_tracker.overview.rules.listing import ListOrder, ListQuestion
from cycle_tracker.overview.web.milestone_lists.presenters import seen_by
from cycle_tracker.overview.web.milestone_lists.routes import detail_of_list
from cycle_tracker.overview.web.month_calendars.presenters import PER_DAY, WEEKDAYS, MonthPage, month_page
from cycle_tracker.partnerships.queries.closure_days import list_closure_days
from cycle_tracker.partnerships.queries.partnerships import get_partnership
from cycle_tracker.web.access import current_viewer, requires, signed_in
from cycle_tracker.web.links import url_for

bp = Blueprint("month_calendars", __name__)


@bp.route("/partnerships/<slug>/calendar")
@signed_in
def of_partnership(slug: str) -> ResponseReturnValue:
    """What is due in a partnership. What the person may see of it is asked where it is fetched."""
    viewer, today = current_viewer(), clock.today()
    partnership = get_partnership(viewer, slug)

    def list_of_day(day: date) -> str:
        return url_for("milestone_lists.show", slug=slug, state="all", due_from=f"{day}", due_to=f"{day}")

    return render_template(
        "overview/month_calendars/show.html",
        title="Calendar",
        place=partnership.name,
        endpoint="month_calendars.of_partnership",
        arguments={"slug": slug},
        list_address=url_for("milestone_lists.show", slug=slug),
        feed_address=url_for("calendar_feeds.of_partnership", slug=slug),
        weekdays=WEEKDAYS,
        page=_page(
            partnership_list(viewer, partnership, ListQuestion(), ListOrder.DUE, today),
            frozenset({partnership.id}),
            list_of_day,
            several=False,
        ),
        not_known=_not_known(),
        seen_by=seen_by(detail_of_list(viewer, partnership), partnership),
    )


@bp.route("/my-work/calendar")
@requires(Permission.CHANGE_OWN_MILESTONES)
def of_person() -> ResponseReturnValue:
    """What the person owns, over all their partnerships."""
    viewer, today = current_viewer(), clock.today()
    return render_template(
        "overview/month_calendars/show.html",
        title="My work calendar",
        place="",
        endpoint="month_calendars.of_person",
        arguments={},
        list_address=url_for("my_work.show"),
        feed_address=url_for("calendar_feeds.show"),
        weekdays=WEEKDAYS,
        page=_page(
            own_list(viewer, ListQuestion(), ListOrder.DUE, today),
            viewer.partnerships_with(Permission.CHANGE_OWN_MILESTONES),
            lambda _day: url_for("my_work.show"),
            several=True,
        ),
        not_known=_not_known(),
        seen_by="Only you see this page. People in each partnership see its milestones.",
    )


def _page(
    found: MilestoneList, within: frozenset[int] | None, list_of_day: Callable[[date], str], *, several: bool
) -> MonthPage:
    viewer, today = current_viewer(), clock.today()
    month = _month_asked_for() or Month.of(today)
    weeks = month.weeks()
    first, last = weeks[0][0], weeks[-1][-1]
    milestones, numbers = found.between(first, last, per_day=PER_DAY)
    return month_page(
        month,
        lines(milestones, viewer, today),
        numbers,
        list_closure_days(within, first, last),
        today,
        several=several,
        list_of_day=list_of_day,
    )


def _month_asked_for() -> Month | None:
    """The month of the address; None where it says none that is shown."""
    try:
        return Month.named(request.args.get("month", "")[:20])
    except RuleBroken:
        return None


def _not_known() -> bool:
    """True where the address asks for a month that is none."""
    return bool(request.args.get("month")) and _month_asked_for() is None
