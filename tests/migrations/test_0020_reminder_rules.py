"""Version 0020: nobody is told of a day on which a report opened before the upgrade, and of later ones in time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.calendar import SCOTLAND
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.migrations.conftest import StandsAt
from tests.migrations.rows import MILESTONE, PERSON

DAY = timedelta(days=1)
DATES = (
    "UPDATE milestones SET partnership_id = 1, owner_id = 1, entered_on = '2024-04-01', opens_on = :opens_on, "
    "target_on = :due_on, due_on = :due_on, next_notice_on = :bookmark WHERE id = :id"
)
TOLD = "SELECT milestone_id, step FROM notices WHERE addressee <> 'audience:lead' ORDER BY id"


def make_report(number: int, opens_in: int, due_in: int, bookmark_in: int | None) -> None:
    today = london_day(datetime.now(UTC))
    run = db.session.execute
    run(text(MILESTONE.format(id=number, key=f"report-{number}", kind="annual-report", state="not-started")))
    days = (opens_in, due_in, bookmark_in)
    dates = [None if one is None else today + DAY * one for one in days]
    run(text(DATES), {"id": number, **dict(zip(("opens_on", "due_on", "bookmark"), dates, strict=True))})


@pytest.fixture
def before(empty_app: Flask, stands_at: StandsAt) -> None:
    stands_at("0019")
    run = db.session.execute
    run(text(PERSON))
    run(
        text(
            "INSERT INTO partnerships (id, slug, name, other_names, notify_from) "
            "VALUES (1, 'moray', 'Moray', '', '2024-04-01')"
        )
    )
    run(text("INSERT INTO role_grants (user_id, role, scope) VALUES (1, 'lead', 'national')"))
    make_report(7, opens_in=-20, due_in=70, bookmark_in=42)
    make_report(8, opens_in=15, due_in=105, bookmark_in=77)
    make_report(9, opens_in=15, due_in=105, bookmark_in=None)
    make_report(10, opens_in=-100, due_in=-10, bookmark_in=5)
    db.session.commit()
    db.session.remove()


@pytest.mark.usefixtures("before")
def test_a_report_that_opened_before_the_upgrade_is_told_to_nobody_and_one_that_opens_later_in_time() -> None:
    upgrade(revision="0020")
    today = london_day(datetime.now(UTC))
    assert bookmarks(today) == {7: 42, 8: 15, 9: None, 10: 5}
    stand_ins = "SELECT milestone_id FROM notices WHERE step = 'opens' AND addressee = 'audience:lead'"
    assert db.session.execute(text(stand_ins)).scalars().all() == [7]
    db.session.rollback()
    upgrade()  # today's rules read today's columns
    db.session.execute(text("UPDATE milestones SET next_notice_on = :today WHERE id < 10"), {"today": today})
    for ahead in range(40):
        day = today + DAY * ahead
        if SCOTLAND.is_working_day(day):
            assert queue_due_notices(day, datetime.combine(day, time(7), UTC)).skipped == 0
    told = [tuple(row) for row in db.session.execute(text(TOLD)) if row.milestone_id < 10]
    assert sorted(told) == [(8, "opens"), (9, "opens")]


@pytest.mark.usefixtures("before")
def test_on_the_way_back_what_stood_for_the_past_goes_and_what_waited_is_asked_again() -> None:
    upgrade(revision="0020")
    run = db.session.execute
    run(text(MILESTONE.format(id=11, key="step-11", kind="step", state="not-started")))
    run(text("UPDATE milestones SET partnership_id = 1, due_on = '2026-04-01' WHERE id = 11"))
    run(text("INSERT INTO milestone_predecessors (milestone_id, predecessor_id) VALUES (11, 7)"))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0019")
    assert db.session.execute(text("SELECT count(*) FROM notices")).scalar() == 0
    db.session.rollback()
    after = bookmarks(london_day(datetime.now(UTC)))
    assert after == {7: 42, 8: 15, 9: None, 10: 0, 11: 0}, "early, and never late: every week again, and no waiting"
    upgrade(revision="0020")
    assert db.session.execute(text("SELECT count(*) FROM notices")).scalar() == 1
    db.session.rollback()


def bookmarks(today: object) -> dict[int, int | None]:
    rows = db.session.execute(text("SELECT id, next_notice_on FROM milestones ORDER BY id")).all()
    db.session.rollback()
    return {
        number: None if on is None else (datetime.fromisoformat(str(on)).date() - today).days  # type: ignore[operator]
        for number, on in rows
    }
