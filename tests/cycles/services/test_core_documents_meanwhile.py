"""Core documents and what else happens: settings that change, two runs at once, and people who act at that moment."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.periods import Period
from cycle_tracker.core.roles import Role
from cycle_tracker.cycles.services.core_documents import add_core_documents
from cycle_tracker.cycles.services.partnerships import add_closure_day, open_period, set_notify_from
from cycle_tracker.cycles.services.reference import load_reference
from cycle_tracker.documents.services.approvals import record_preparation
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.operations.services.settings_in_use import note_settings
from tests.factories import make_user
from tests.support.days import Days, every_day, moment
from tests.support.parallel import at_once

TODAY = date(2026, 11, 23)
NOW = moment(TODAY)
PRESENT = Period.named("2026-29")


@pytest.fixture
def moray(days: Days) -> Partnership:
    """Moray as `load-reference` leaves it: it has not joined."""
    load_reference(NOW)
    return db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()


@pytest.fixture
def jean(moray: Partnership) -> User:
    return make_user("Jean Hay", role=Role.ADMINISTRATOR)


def add() -> int:
    made = add_core_documents(TODAY, NOW)
    db.session.commit()
    return made.steps


def prepare(moray: Partnership, jean: User) -> None:
    """The plan of the present period is prepared, and has none of the steps that go with that yet."""
    add()
    mine = select(Milestone).where(Milestone.partnership_id == moray.id, Milestone.key == "2026-29.plan-prepared")
    record_preparation(db.session.scalars(mine).one(), date(2026, 11, 20), by=jean, today=TODAY, now=NOW)
    db.session.commit()


def close_a_day(moray: Partnership, jean: User) -> None:
    add_closure_day(moray, date(2027, 5, 3), "", by=jean, today=TODAY, now=NOW)


def move_the_first_day(moray: Partnership, jean: User) -> None:
    set_notify_from(moray, date(2018, 4, 1), by=jean, today=TODAY, now=NOW)


def change_the_setting(_moray: Partnership, _jean: User) -> None:
    note_settings(TODAY, NOW, outstanding_after=90)
    note_settings(TODAY, NOW, outstanding_after=30)


@pytest.mark.alike_on_both_databases
@pytest.mark.parametrize("change", [close_a_day, move_the_first_day, change_the_setting])
def test_of_what_was_past_when_it_was_made_no_one_is_emailed_whatever_else_changes(
    days: Days, moray: Partnership, jean: User, change: Callable[[Partnership, User], None]
) -> None:
    """What asks the rules again of a whole partnership had its planning leads emailed about years long past."""
    make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    moray.notify_from = date(2017, 4, 1)
    add()
    change(moray, jean)
    db.session.commit()
    for day in every_day(TODAY, TODAY + timedelta(days=14)):
        days.run(day)
    assert days.notified == []
    assert db.session.scalar(select(func.count(Escalation.id))) == 0


def test_two_runs_at_once_make_the_steps_of_a_prepared_plan_once(days: Days, moray: Partnership, jean: User) -> None:
    prepare(moray, jean)
    db.session.remove()
    assert sorted(at_once(days.app, add, add, add)) == [0, 0, 3]


def test_a_period_is_opened_once_while_others_open_it_and_its_steps_are_made(
    days: Days, moray: Partnership, jean: User
) -> None:
    prepare(moray, jean)
    moray.notify_from = TODAY
    place, by = moray.id, jean.id
    db.session.commit()
    db.session.remove()

    def opens() -> int:
        person = db.session.get_one(User, by)
        open_period(db.session.get_one(Partnership, place), PRESENT, by=person, today=TODAY, now=NOW)
        db.session.commit()
        return 0

    at_once(days.app, add, opens, add, opens)
    opened = select(func.count(AuditEvent.id)).where(AuditEvent.subject == "cycle", AuditEvent.action == "opened")
    assert db.session.scalar(opened) == 1


def test_a_first_day_that_is_set_while_documents_are_made_counts_for_them(
    days: Days, moray: Partnership, jean: User
) -> None:
    """Who had joined while the job ran was never told of what it made."""
    place, by = moray.id, jean.id
    db.session.commit()

    def join() -> None:
        with days.app.app_context():
            moray, person = db.session.get_one(Partnership, place), db.session.get_one(User, by)
            set_notify_from(moray, TODAY, by=person, today=TODAY, now=NOW)
            db.session.commit()
            db.session.remove()

    add_core_documents(TODAY, NOW)
    with ThreadPoolExecutor(1) as pool:
        joining = pool.submit(join)
        time.sleep(0.3)  # it waits for the documents by now
        db.session.commit()
        joining.result()
    to_come = select(Milestone.next_notice_on).where(Milestone.partnership_id == place, Milestone.due_on >= TODAY)
    found = db.session.scalars(to_come).all()
    assert found
    assert None not in found
