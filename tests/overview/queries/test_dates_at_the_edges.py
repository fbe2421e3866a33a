"""Lists, counts and feeds on the two days at which they are easily one day out: today, and the day of joining."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.queries.joining import count_newly_late, list_joining
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.feeds.queries import list_document_dates, list_own_dates
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.overview.queries.leavers import orphaned_milestones
from cycle_tracker.overview.queries.milestone_lists import own_list, partnership_list
from cycle_tracker.overview.queries.status import get_status
from cycle_tracker.overview.queries.work import COMING_UP_DAYS, list_work
from cycle_tracker.overview.rules.listing import DateGroup, ListOrder, ListQuestion
from tests.factories import at_seven, make_milestone, make_partnership, make_report, make_user

TODAY = date(2026, 7, 3)
DAY = timedelta(days=1)
JOINED = TODAY - 30 * DAY

Place = tuple[Partnership, User, Viewer]


@pytest.fixture
def place(core_app: Flask) -> Place:
    """Moray, which joined 30 days ago, its lead, and the lead as a viewer."""
    moray = make_partnership("moray", notify_from=JOINED)
    lead = make_user(role=Role.LEAD, partnership=moray)
    return moray, lead, viewer_of(lead.id, TODAY)


def one_each_day(place: Place, first: date, *days: int, **fields: object) -> None:
    """A step for each of these days, counted from the first, with the number as its title."""
    for number in days:
        make_milestone(place[0], title=f"{number:+d}", due_on=first + number * DAY, **{"owner": place[1], **fields})  # type: ignore[arg-type]


def titles(rows: object) -> list[str]:
    return [one.title for one in rows]  # type: ignore[attr-defined]


def overdue_in_the_list_of_a_partnership(place: Place) -> list[str]:
    return titles(partnership_list(place[2], place[0], ListQuestion(overdue=True), ListOrder.DUE, TODAY).rows())


def overdue_in_ones_own_list(place: Place) -> list[str]:
    return titles(own_list(place[2], ListQuestion(overdue=True), ListOrder.DUE, TODAY).rows())


def past_in_ones_own_list(place: Place) -> list[str]:
    return titles(own_list(place[2], ListQuestion(when=DateGroup.PAST), ListOrder.DUE, TODAY).rows())


def past_on_the_home_page(place: Place) -> list[str]:
    return titles(list_work(place[2], TODAY).past)


def past_on_the_status_page(place: Place) -> list[str]:
    inside = get_status(place[2], place[0], TODAY).inside
    assert inside is not None
    assert inside.past_count == len(inside.past)
    return titles(inside.past)


OVERDUE: list[Callable[[Place], list[str]]] = [
    overdue_in_the_list_of_a_partnership,
    overdue_in_ones_own_list,
    past_in_ones_own_list,
    past_on_the_home_page,
    past_on_the_status_page,
]


@pytest.mark.parametrize("listed", OVERDUE)
def test_what_is_due_today_is_not_overdue(place: Place, listed: Callable[[Place], list[str]]) -> None:
    one_each_day(place, TODAY, -2, -1, 0, 1)
    assert listed(place) == ["-2", "-1"]


@pytest.mark.parametrize("listed", OVERDUE)
def test_what_fell_due_on_the_day_of_joining_counts_in_the_milestone_list_and_what_fell_due_before_does_not(
    place: Place, listed: Callable[[Place], list[str]]
) -> None:
    one_each_day(place, JOINED, -1, 0, 1)
    assert listed(place) == ["+0", "+1"]


def test_the_group_from_before_the_service_ends_the_day_before_joining(place: Place) -> None:
    one_each_day(place, JOINED, -1, 0, 1)
    whole = own_list(place[2], ListQuestion(when=DateGroup.BEFORE_SERVICE), ListOrder.DUE, TODAY)
    assert titles(whole.rows()) == ["-1"]
    assert own_list(place[2], ListQuestion(), ListOrder.DUE, TODAY).count_by_when() == {
        DateGroup.BEFORE_SERVICE: 1,
        DateGroup.PAST: 2,
    }


def test_the_counts_of_the_home_page_are_those_of_its_lists(place: Place) -> None:
    one_each_day(place, TODAY, -1, 0, 1, COMING_UP_DAYS, COMING_UP_DAYS + 1)
    work = list_work(place[2], TODAY)
    assert (titles(work.past), titles(work.today)) == (["-1"], ["+0"])
    assert titles(work.coming_up) == ["+1", f"+{COMING_UP_DAYS}"]
    assert (work.past_count, work.today_count, work.coming_up_count) == (1, 1, 2)


def test_the_leavers_list_counts_from_the_day_of_joining_to_the_last_of_the_coming_days(place: Place) -> None:
    gone = make_user("Gone", active=False)
    one_each_day(place, JOINED, -1, 0, 1, owner=gone)
    assert [row.number for row in orphaned_milestones(place[2], TODAY).rows()] == [2]
    one_each_day(place, TODAY, 0, COMING_UP_DAYS, COMING_UP_DAYS + 1, owner=gone)
    assert [row.number for row in orphaned_milestones(place[2], TODAY).rows()] == [4]


def test_a_calendar_feed_begins_with_what_fell_due_on_the_day_of_joining(place: Place) -> None:
    one_each_day(place, JOINED, -1, 0, 1)
    assert titles(list_own_dates(place[2], limit=10)) == ["+0", "+1"]
    for number in (-1, 0, 1):
        make_report(place[0], key=f"report{number}", title=f"{number:+d}", due_on=JOINED + number * DAY)
    assert titles(list_document_dates(place[2], place[0], TODAY, limit=10)) == ["+0", "+1"]


def test_documents_are_past_their_guidance_date_from_the_day_after_it(place: Place) -> None:
    for number in (-1, 0, 1):
        make_report(place[0], key=f"report{number}", title=f"{number:+d}", due_on=TODAY + number * DAY)
    assert titles(list_documents(TODAY)) == ["-1"]
    assert [one.documents for one in list_joining(TODAY, at_seven(TODAY))] == [1]


def test_an_earlier_day_of_joining_makes_late_what_lies_between_the_two_days(place: Place) -> None:
    earlier = JOINED - 10 * DAY
    one_each_day(place, earlier, -1, 0, 1, 9, 10)
    assert count_newly_late(place[0], earlier, TODAY) == 3
    assert count_newly_late(place[0], JOINED, TODAY) == 0
    place[0].notify_from = TODAY + DAY
    one_each_day(place, TODAY, -1, 0)
    assert count_newly_late(place[0], TODAY - DAY, TODAY) == 1
    place[0].notify_from = None
    assert count_newly_late(place[0], TODAY - DAY, TODAY) == 1
    assert count_newly_late(place[0], TODAY, TODAY) == 0
