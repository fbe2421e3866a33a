"""Deciding who is told what on a day, against the database."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.roles import Role
from cycle_tracker.jobs.services.missing_rows import insert_missing
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import ClosureDay, Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.reminders import SweepCounts, queue_due_notices
from tests.factories import make_governance_group, make_milestone, make_partnership, make_report, make_user
from tests.support.days import moment, notices_as_told

DAY = date(2026, 5, 14)


@pytest.fixture
def moray(core_app: Flask) -> Partnership:
    return make_partnership("moray")


def sweep(day: date, *, batch_size: int = 500) -> SweepCounts:
    db.session.commit()
    return queue_due_notices(day, moment(day), batch_size=batch_size)


def notified() -> list[tuple[str, str]]:
    return [(addressee, step) for addressee, step, _due, _ending in notices_as_told()]


def test_running_it_again_adds_nothing(moray: Partnership) -> None:
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    make_governance_group(moray, "Catriona Ross")
    make_report(moray, owner=lead)
    first = sweep(date(2026, 7, 20))
    assert (first.notices, first.escalations, first.milestones) == (2, 2, 1)
    assert sweep(date(2026, 7, 20)) == SweepCounts()


def test_even_with_the_bookmark_put_back_nothing_is_told_twice(moray: Partnership) -> None:
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    report = make_report(moray, owner=lead).id
    sweep(date(2026, 7, 20))
    db.session.get_one(Milestone, report).next_notice_on = date(2020, 1, 1)
    assert sweep(date(2026, 7, 20)) == SweepCounts(milestones=1)


def test_without_an_owner_the_leads_are_told_and_not_twice(moray: Partnership) -> None:
    make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    make_user("Blair Munro", role=Role.LEAD, partnership=moray)
    make_milestone(moray, due_on=DAY)
    sweep(date(2026, 5, 15))
    assert notified() == [("Ailsa Grant", "overdue-1"), ("Blair Munro", "overdue-1")]


def test_the_leads_stand_in_for_an_owner_who_may_not_be_told(moray: Partnership) -> None:
    make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    gone = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray, active=False)
    elsewhere = make_user("Fergus Kerr", role=Role.CONTRIBUTOR, partnership=make_partnership("fife"))
    make_milestone(moray, due_on=DAY, owner=gone)
    make_milestone(moray, due_on=DAY, owner=elsewhere)
    sweep(DAY)
    assert notified() == [("Ailsa Grant", "on-day")] * 2


def test_an_official_owns_a_document_and_hears_of_no_step(moray: Partnership) -> None:
    make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    official = make_user("Hamish Reid", role=Role.OFFICIAL)
    make_milestone(moray, due_on=DAY, owner=official)
    make_report(moray, due_on=DAY, owner=official)
    sweep(DAY)
    assert sorted(notified()) == [("Ailsa Grant", "on-day"), ("Hamish Reid", "on-day")]


def test_without_owner_or_lead_the_administrators_are_told(moray: Partnership) -> None:
    make_user("Jean Hay", role=Role.ADMINISTRATOR)
    make_user("Gone Too", role=Role.ADMINISTRATOR, active=False)
    make_milestone(moray, due_on=DAY)
    sweep(DAY)
    assert notified() == [("Jean Hay", "on-day")]


def test_with_nobody_at_all_a_row_says_so_and_the_rung_is_opened_all_the_same(moray: Partnership) -> None:
    make_milestone(moray, due_on=DAY, duty_basis=Basis.STATUTE)
    swept = sweep(date(2026, 5, 28))
    assert (swept.notices, swept.unreachable, swept.escalations) == (0, 3, 2)
    assert sorted(notified()) == [
        ("audience:governance-group", "rung-14"),
        ("audience:lead", "rung-1"),
        ("audience:owner", "overdue-8"),
    ]
    assert all(notice.unreachable and notice.user_id is None for notice in db.session.scalars(select(Notice)))
    assert sweep(date(2026, 5, 28)) == SweepCounts()


def test_one_milestone_with_bad_data_keeps_nobody_elses_notices_back(
    moray: Partnership, caplog: pytest.LogCaptureFixture
) -> None:
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    numbers = [make_milestone(moray, due_on=DAY, owner=lead).id for _ in range(5)]
    poisoned = db.session.get_one(Milestone, numbers[2])
    poisoned.due_on = date(9999, 12, 31)
    swept = sweep(DAY, batch_size=2)
    assert (swept.milestones, swept.notices, swept.skipped) == (5, 4, 1)
    assert f"Milestone {numbers[2]}: the rules could not be asked." in caplog.text
    assert db.session.get_one(Milestone, numbers[2]).next_notice_on == date(2026, 4, 30)


def test_a_new_owner_hears_of_the_next_step_and_not_of_those_told_already(moray: Partnership) -> None:
    first = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)
    second = make_user("Iona Gow", role=Role.CONTRIBUTOR, partnership=moray)
    step = make_milestone(moray, due_on=DAY, owner=first).id
    sweep(DAY)
    db.session.get_one(Milestone, step).owner_id = second.id
    assert sweep(DAY) == SweepCounts()
    sweep(date(2026, 5, 15))
    assert [one for one in notified() if not one[0].startswith("audience")] == [
        ("Rory Baird", "on-day"),
        ("Iona Gow", "overdue-1"),
    ]


def test_closure_days_count_for_their_partnership_alone(moray: Partnership) -> None:
    fife = make_partnership("fife")
    for place in (moray, fife):
        owner = make_user(f"Owner in {place.name}", role=Role.CONTRIBUTOR, partnership=place)
        make_milestone(place, due_on=DAY, owner=owner)
    db.session.add(ClosureDay(partnership_id=moray.id, day=date(2026, 5, 15), name="Local holiday"))
    db.session.flush()
    sweep(DAY)
    sweep(date(2026, 5, 15))
    assert notified()[2:] == [("Owner in Fife", "overdue-1")]
    sweep(date(2026, 5, 18))
    assert ("Owner in Moray", "overdue-1") in notified()
    rungs = db.session.scalars(select(Escalation).order_by(Escalation.id))
    assert [rung.fell_due_on for rung in rungs] == [date(2026, 5, 15), date(2026, 5, 18)]


def test_what_fell_due_before_the_partnership_joined_is_left_alone(moray: Partnership) -> None:
    owner = make_user("Rory Baird", role=Role.LEAD, partnership=moray)
    step = make_milestone(moray, due_on=DAY, owner=owner).id
    moray.notify_from = date(2026, 5, 15)  # the bookmark may be early
    assert sweep(date(2026, 5, 20)) == SweepCounts(milestones=1)
    assert db.session.get_one(Milestone, step).next_notice_on is None


def test_every_rung_that_was_reached_is_opened_overtaken_or_not(moray: Partnership) -> None:
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    group = make_governance_group(moray, "Catriona Ross")
    owner: User = group[0]
    make_report(moray, owner=owner)
    sweep(date(2026, 8, 10))
    assert [
        (rung.rung, rung.fell_due_on) for rung in db.session.scalars(select(Escalation).order_by(Escalation.id))
    ] == [
        (1, date(2026, 7, 1)),
        (14, date(2026, 7, 14)),
    ]
    notices = {notice.addressee: notice for notice in db.session.scalars(select(Notice))}
    assert {name: notice.step for name, notice in notices.items()} == {
        f"user:{owner.id}": "rung-14",
        f"user:{lead.id}": "rung-1",
    }
    assert notices[f"user:{owner.id}"].overtook[-1] == "overdue-36"


def passed_before_an_upgrade(report: Milestone, stage: str, due_on: date) -> None:
    """Say of a stage that it had passed, as an upgrade does that gives a document this date."""
    notice = Notice(milestone_id=report.id, due_on=due_on, step="overdue-5", addressee="audience:owner")
    notice.audience, notice.overtook, notice.queued_on, notice.queued_at = Audience.OWNER, [stage], DAY, moment(DAY)
    db.session.add(notice)


def test_a_stage_that_an_upgrade_counts_as_notified_is_not_opened_and_the_next_one_is(moray: Partnership) -> None:
    """An upgrade dates something in the past, and says of what had passed by then that it was notified."""
    report = make_report(moray, owner=make_governance_group(moray, "Catriona Ross")[0])
    db.session.flush()
    assert report.due_on is not None
    passed_before_an_upgrade(report, "rung-1", report.due_on)
    sweep(date(2026, 8, 10))
    assert [rung.rung for rung in db.session.scalars(select(Escalation))] == [14]


def test_a_stage_that_was_notified_for_an_earlier_date_opens_for_the_present_one(moray: Partnership) -> None:
    report = make_report(moray, owner=make_governance_group(moray, "Catriona Ross")[0])
    db.session.flush()
    passed_before_an_upgrade(report, "rung-1", date(2026, 3, 31))
    sweep(date(2026, 7, 2))
    assert [rung.rung for rung in db.session.scalars(select(Escalation))] == [1]


def test_only_what_was_not_there_yet_is_counted_as_new(moray: Partnership) -> None:
    owner = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    steps = [make_milestone(moray, due_on=DAY, owner=owner).id for _ in range(3)]
    db.session.commit()

    def row(milestone_id: int) -> dict[str, object]:
        return {
            "milestone_id": milestone_id,
            "due_on": DAY,
            "rung": 1,
            "audience": Audience.LEAD,
            "fell_due_on": DAY,
            "opened_at": moment(DAY),
        }

    assert insert_missing(Escalation, [row(one) for one in steps[:2]]) == 2
    assert insert_missing(Escalation, [row(one) for one in steps]) == 1
    assert insert_missing(Escalation, [row(one) for one in steps]) == 0
