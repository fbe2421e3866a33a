"""Lists in SQL say the same as the rules in Python: the groups by date, and the dates that officials see."""

from datetime import date, timedelta
from itertools import product

import pytest
from flask import Flask

from cycle_tracker.access.queries.scopes import due_on_for
from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.deadlines import due_state
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.explanations import shared_explanations
from cycle_tracker.milestones.web.details import dates_for, detail_for
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.user import PostHolder
from cycle_tracker.overview.queries.milestone_lists import list_ticked, own_list, partnership_list
from cycle_tracker.overview.rules.listing import DATE_GROUPS, NOBODY, DateGroup, ListedStates, ListOrder, ListQuestion
from tests.factories import at_seven, make_cycle, make_milestone, make_partnership, make_report, make_user

TODAY = date(2026, 7, 3)


def titles(found: object) -> list[str]:
    return [one.title for one in found.rows()]  # type: ignore[attr-defined]


def test_each_group_by_date_holds_what_the_one_meaning_of_overdue_puts_there(core_app: Flask) -> None:
    moray = make_partnership("moray", notify_from=date(2026, 6, 1))
    lead = make_user(role=Role.LEAD, partnership=moray)
    days = [None, *(TODAY + timedelta(days=number) for number in (-60, -33, -32, -1, 0, 1, 14, 15, 400))]
    for day, state in product(days, State):
        make_milestone(moray, due_on=day, state=state, owner=lead)
    viewer = viewer_of(lead.id, TODAY)
    for when in DateGroup:
        rows = own_list(viewer, ListQuestion(when=when), ListOrder.DUE, TODAY).rows()
        assert rows
        for one in rows:
            now = due_state(one.due_on, one.state, one.done_on, TODAY, notify_from=moray.notify_from)
            assert DATE_GROUPS[now] is when
    counts = own_list(viewer, ListQuestion(), ListOrder.DUE, TODAY).count_by_when()
    assert sum(counts.values()) == len(days) * len(State)
    assert own_list(viewer, ListQuestion(), ListOrder.DUE, TODAY).count() == len(days) * len(State)


def test_the_date_that_officials_filter_by_is_the_date_that_they_see(core_app: Flask) -> None:
    moray = make_partnership("moray")
    official, lead = make_user(role=Role.OFFICIAL), make_user("A lead", role=Role.LEAD, partnership=moray)
    administrator = make_user("An administrator", role=Role.ADMINISTRATOR)
    reports = []
    for number, (expected, shared, noted) in enumerate(product((True, False), repeat=3)):
        report = make_report(moray, key=f"r{number}", due_on=date(2026, 9, 1), expected_date=expected)
        report.target_on = date(2026, 6, 30)
        db.session.add(
            DateChange(
                milestone_id=report.id,
                kind=DateChangeKind.EXPECTED,
                new_due_on=date(2026, 9, 1),
                reason="Why",
                shared=shared,
                noted_at=at_seven(TODAY) if noted else None,
            )
        )
        reports.append(report)
    db.session.flush()
    for person in (official, lead, administrator):
        viewer = viewer_of(person.id, TODAY)
        for report in reports:
            seen = dates_for(detail_for(viewer, report), report, shared_explanations(reports)).due_on
            on_that_day = partnership_list(
                viewer, moray, ListQuestion(due_from=seen, due_to=seen), ListOrder.DUE, TODAY
            ).rows()
            assert report.id in [one.id for one in on_that_day]
            other = date(2026, 9, 1) if seen == date(2026, 6, 30) else date(2026, 6, 30)
            elsewhere = partnership_list(
                viewer, moray, ListQuestion(due_from=other, due_to=other), ListOrder.DUE, TODAY
            ).rows()
            assert report.id not in [one.id for one in elsewhere]
    assert due_on_for(viewer_of(lead.id, TODAY), moray.id) is not None


def test_what_a_post_owns_is_on_the_list_of_its_holder(core_app: Flask) -> None:
    moray, fife = make_partnership("moray"), make_partnership("fife")
    officer = make_user("An officer", role=Role.CONTRIBUTOR, partnership=moray)
    post = make_user("Planning mailbox")
    db.session.add(PostHolder(post_id=post.id, user_id=officer.id))
    make_milestone(moray, title="Mine", owner=officer)
    make_milestone(moray, title="Of my post", owner=post)
    make_milestone(moray, title="Of nobody")
    make_milestone(fife, title="Where I have no role", owner=post)
    found = own_list(viewer_of(officer.id, TODAY), ListQuestion(), ListOrder.TITLE, TODAY)
    assert titles(found) == ["Mine", "Of my post"]


def test_a_list_is_narrowed_by_each_of_its_filters(core_app: Flask) -> None:
    moray = make_partnership("moray")
    lead = make_user(role=Role.LEAD, partnership=moray)
    cycle = make_cycle(moray)
    make_milestone(moray, title="Ask 100% of_them", cycle=cycle, owner=lead, due_on=date(2026, 7, 1))
    make_milestone(moray, title="Consult", kind=Kind.CONSULTATION, state=State.DONE, due_on=date(2026, 8, 1))
    make_milestone(moray, title="Undated", due_on=None)
    viewer = viewer_of(lead.id, TODAY)

    def found(**asked: object) -> list[str]:
        return titles(partnership_list(viewer, moray, ListQuestion(**asked), ListOrder.DUE, TODAY))  # type: ignore[arg-type]

    assert found() == ["Ask 100% of_them", "Consult", "Undated"]
    assert found(period=cycle.period) == ["Ask 100% of_them"]
    assert found(kind=Kind.CONSULTATION) == ["Consult"]
    assert found(status=ListedStates.OPEN) == ["Ask 100% of_them", "Undated"]
    assert found(status=ListedStates.DONE) == ["Consult"]
    assert found(owner=NOBODY) == ["Consult", "Undated"]
    assert found(owner=lead.id) == ["Ask 100% of_them"]
    assert found(due_from=date(2026, 7, 2)) == ["Consult"]
    assert found(due_to=date(2026, 7, 1)) == ["Ask 100% of_them"]
    assert found(overdue=True) == ["Ask 100% of_them"]
    assert found(text="100% OF_") == ["Ask 100% of_them"]
    assert found(text="%") == ["Ask 100% of_them"]


def test_a_day_with_many_milestones_gives_the_first_of_them_and_their_number(core_app: Flask) -> None:
    moray = make_partnership("moray")
    lead = make_user(role=Role.LEAD, partnership=moray)
    for number in range(9):
        make_milestone(moray, title=f"Step {number}", due_on=TODAY)
    make_milestone(moray, title="Tomorrow", due_on=TODAY + timedelta(days=1))
    make_milestone(moray, title="Undated", due_on=None)
    whole = partnership_list(viewer_of(lead.id, TODAY), moray, ListQuestion(), ListOrder.DUE, TODAY)
    shown, numbers = whole.between(TODAY, TODAY + timedelta(days=7), per_day=6)
    assert [one.title for one in shown] == [*(f"Step {number}" for number in range(6)), "Tomorrow"]
    assert numbers == {TODAY: 9, TODAY + timedelta(days=1): 1}


@pytest.mark.parametrize("order", ListOrder)
def test_every_order_is_the_same_each_time(core_app: Flask, order: ListOrder) -> None:
    moray = make_partnership("moray")
    lead = make_user(role=Role.LEAD, partnership=moray)
    for number in range(6):
        make_milestone(moray, key=f"k{number}", title="Same", owner=lead if number % 2 else None)
    viewer = viewer_of(lead.id, TODAY)
    whole = partnership_list(viewer, moray, ListQuestion(), order, TODAY)
    by_page = [one.id for page in (1, 2, 3) for one in whole.page(page, 2)]
    assert by_page == [one.id for one in whole.rows()]
    assert len(set(by_page)) == 6


def test_ticked_rows_of_elsewhere_are_not_found(core_app: Flask) -> None:
    moray, fife = make_partnership("moray"), make_partnership("fife")
    lead = make_user(role=Role.LEAD, partnership=moray)
    mine, other = make_milestone(moray), make_milestone(fife)
    viewer = viewer_of(lead.id, TODAY)
    assert list_ticked(viewer, [mine.id, other.id, 2**31 - 1]) == [mine]
    assert list_ticked(viewer, [mine.id], within=fife) == []
    assert list_ticked(Viewer(lead.id, "Nobody"), [mine.id]) == []
