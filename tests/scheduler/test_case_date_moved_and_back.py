"""A step due on 14 May 2026, moved on 10 May to 28 May, moved back on 12 May, done on 15 May."""

from datetime import date

from cycle_tracker.core.deadlines import DueState, due_state
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.queries.documents import list_documents
from cycle_tracker.milestones.services.milestones import finish_milestone, move_local_date
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from tests.factories import make_governance_group, make_milestone, make_partnership, make_user
from tests.support.days import (
    TEN,
    Days,
    Told,
    escalations_as_told,
    every_day,
    moment,
    notices_as_told,
)

OWNER, LEAD = "Rory Baird", "Ailsa Grant"
FIRST, LAST = date(2026, 4, 27), date(2026, 6, 30)

MAILS = [
    Told("30 Apr", OWNER, "Draft the plan, Moray: due in 14 days", "before-14"),
    # Sunday 10 May: moved to 28 May, of which nothing is due on Monday; Tuesday 12 May: moved back
    Told("13 May", OWNER, "Draft the plan, Moray: due tomorrow", "before-3 over before-14"),
    Told("14 May", OWNER, "Draft the plan, Moray: due today", "on-day"),
    Told("15 May", LEAD, "Draft the plan, Moray: overdue by 1 day", "rung-1"),
    Told("15 May", OWNER, "Draft the plan, Moray: overdue by 1 day", "overdue-1"),
]

NOTICES = [
    (OWNER, "before-14", "14 May", "superseded"),
    (OWNER, "before-3", "14 May", ""),
    (OWNER, "on-day", "14 May", ""),
    (OWNER, "overdue-1", "14 May", ""),
    (LEAD, "rung-1", "14 May", ""),
]

RUNGS = [(1, "lead", "14 May", "15 May", "15 May", "15 May", "done")]

STATES = [
    (FIRST, date(2026, 4, 29), DueState.NOT_DUE),
    (date(2026, 4, 30), date(2026, 5, 9), DueState.DUE_SOON),
    (date(2026, 5, 10), date(2026, 5, 11), DueState.NOT_DUE),
    (date(2026, 5, 12), date(2026, 5, 13), DueState.DUE_SOON),
    (date(2026, 5, 14), date(2026, 5, 14), DueState.DUE_TODAY),
    (date(2026, 5, 15), LAST, DueState.DONE_LATE),
]


def test_a_date_moved_away_and_back_is_told_again_and_what_is_done_no_more(days: Days) -> None:
    step_id, lead_id = enter_step()
    states: dict[date, DueState] = {}
    for day in every_day(FIRST, LAST):
        days.run(day)
        what_people_do(db.session.get_one(Milestone, step_id), db.session.get_one(User, lead_id), day)
        days.send(day, TEN)
        step = db.session.get_one(Milestone, step_id)
        states[day] = due_state(step.due_on, step.state, step.done_on, day)
        assert list_documents(day) == []  # officials never see a local step

    assert days.notified == MAILS
    assert notices_as_told() == NOTICES
    assert escalations_as_told() == RUNGS
    assert states == {day: state for first, last, state in STATES for day in every_day(first, last)}
    assert db.session.get_one(Milestone, step_id).next_notice_on is None


def enter_step() -> tuple[int, int]:
    moray = make_partnership("moray")
    lead = make_user(LEAD, role=Role.LEAD, partnership=moray)
    owner = make_user(OWNER, role=Role.CONTRIBUTOR, partnership=moray)
    make_governance_group(moray, "Catriona Ross")
    step = make_milestone(moray, due_on=date(2026, 5, 14), owner=owner, entered_on=date(2026, 1, 5))
    db.session.commit()
    return step.id, lead.id


def what_people_do(step: Milestone, lead: User, day: date) -> None:
    now = moment(day, TEN)
    if day == date(2026, 5, 10):
        move_local_date(step, date(2026, 5, 28), "The board moved its meeting.", by=lead, now=now)
    if day == date(2026, 5, 12):
        move_local_date(step, date(2026, 5, 14), "The board moved it back.", by=lead, now=now)
    if day == date(2026, 5, 15):
        finish_milestone(step, day, by=lead, today=day, now=now)
    db.session.commit()
