"""The rhythm of everybody who chose none: what matters now on the next run, and the rest on the list day."""

from datetime import date, time
from typing import Any

import pytest

from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.people.services.users import add_user
from cycle_tracker.reminders.queries.digest_days import NO_DIGESTS, digest_days_of
from cycle_tracker.reminders.queries.silences import silence_of
from cycle_tracker.reminders.rules.unsent_reasons import Why, reasons
from cycle_tracker.reminders.services.assignments import notify_new_owner
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.factories import grant_role, make_milestone, make_partnership, make_report, make_user
from tests.support.days import TEN, Days, again, every_day, moment
from tests.support.pages import counted_statements

DUE_ON = date(2026, 6, 30)
AFTER_IT_OPENED = date(2026, 5, 1)


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def owner(moray: Partnership) -> User:
    """A new person, who chose nothing."""
    person = add_user("rory.baird@example.test", name="Rory Baird", by=None, now=moment(date(2026, 1, 5)))
    grant_role(person, Role.CONTRIBUTOR, moray)
    return person


def enter(moray: Partnership, owner: User, title: str, due_on: date, **fields: Any) -> int:
    made = make_milestone(
        again(moray), title=title, due_on=due_on, owner=again(owner), entered_on=date(2026, 1, 1), **fields
    )
    db.session.commit()
    return made.id


def walk(days: Days, first: date, last: date) -> list[tuple[str, str]]:
    for day in every_day(first, last):
        days.run(day)
    return [(one.day, one.steps) for one in days.notified]


def test_what_can_wait_comes_on_monday_and_the_rest_on_its_day(days: Days, moray: Partnership, owner: User) -> None:
    make_report(moray, owner=owner)
    db.session.commit()
    assert walk(days, date(2026, 4, 1), date(2026, 7, 22)) == [
        ("1 Apr", "opens"),
        ("8 Jun", "before-28"),  # due on Tuesday the 2nd, and not the first
        ("16 Jun", "before-14"),  # Monday is a bank holiday
        ("29 Jun", "before-7; before-1"),  # the first of them due on the 23rd
        ("30 Jun", "on-day"),
        ("1 Jul", "overdue-1"),
        ("13 Jul", "overdue-8"),  # due on the 8th
        ("20 Jul", "overdue-15"),  # due on the 15th
    ]


def test_the_steps_of_a_milestone_wait_unless_they_would_come_after_its_date(
    days: Days, moray: Partnership, owner: User
) -> None:
    enter(moray, owner, "Draft the plan", date(2026, 6, 11))  # a Thursday
    enter(moray, owner, "Agree priorities", date(2026, 6, 20))  # a Saturday
    assert walk(days, date(2026, 5, 25), date(2026, 6, 24)) == [
        ("1 Jun", "before-14"),  # due on 28 May
        ("8 Jun", "before-14; before-3"),
        ("11 Jun", "on-day"),
        ("12 Jun", "overdue-1"),
        ("17 Jun", "before-3"),
        ("19 Jun", "overdue-8; on-day"),  # the working day before, and what waits comes along
        ("22 Jun", "overdue-1"),
    ]


def test_no_list_comes_within_six_days_of_another_digest(days: Days, moray: Partnership, owner: User) -> None:
    enter(moray, owner, "Long late", date(2026, 6, 9))
    enter(moray, owner, "Due on Thursday", date(2026, 6, 25))
    found = walk(days, date(2026, 6, 22), date(2026, 7, 13))
    assert [day for day, _ in found[:3]] == ["22 Jun", "25 Jun", "26 Jun"]
    # repeats are due on 24 June and 1 and 8 July, and on 3 and 10 July: Monday 29 June is three days after a digest
    assert found[3:] == [("6 Jul", "overdue-22; overdue-8"), ("13 Jul", "overdue-29; overdue-15")]


def test_a_digest_that_did_not_go_keeps_no_list_back(days: Days, owner: User) -> None:
    key, monday = f"user:{owner.id}", date(2026, 6, 8)
    for number, state in enumerate(MessageState):
        message = Message(
            identity=f"{number:032}",
            message_id=f"<{number}@example.test>",
            subject="1 milestone overdue",
            kind=MessageKind.DIGEST,
            recipient=owner.email,
            addressee=key,
            user_id=owner.id,
            digest_on=date(2026, 6, 1 + number),
            rendered_on=monday,
            state=state,
            queued_at=moment(monday),
            ready_at=moment(monday),
        )
        db.session.add(message)
    db.session.commit()
    for number, state in enumerate(MessageState):
        day = date(2026, 6, 1 + number)
        went = state not in {MessageState.FAILED, MessageState.WITHDRAWN}
        assert (digest_days_of([key], day + DAY).get(key, NO_DIGESTS).last_on == day) == went
        assert digest_days_of([key], day)[key].has_todays
    assert digest_days_of([key], monday + DAY * 30) == {}


def test_the_list_day_is_the_one_that_somebody_chose(days: Days, moray: Partnership, owner: User) -> None:
    owner.weekday = 3
    enter(moray, owner, "Draft the plan", date(2026, 6, 26))
    assert walk(days, date(2026, 6, 8), date(2026, 6, 19)) == [("18 Jun", "before-14")]


def test_a_new_owner_waits_for_no_list_day(days: Days, moray: Partnership, owner: User) -> None:
    number = enter(moray, owner, "Draft the plan", date(2026, 12, 1))
    tuesday = date(2026, 6, 9)
    notify_new_owner(db.session.get_one(Milestone, number), by=None, today=tuesday, now=moment(tuesday))
    db.session.commit()
    days.run(tuesday)
    assert [one.steps for one in days.notified] == ["assigned"]


def test_a_new_assignment_is_not_the_first_notice_of_a_date(days: Days, moray: Partnership, owner: User) -> None:
    report = make_report(moray, owner=owner, entered_on=AFTER_IT_OPENED)
    notify_new_owner(report, by=None, today=date(2026, 5, 28), now=moment(date(2026, 5, 28)))
    db.session.commit()
    assert walk(days, date(2026, 5, 28), date(2026, 6, 5)) == [("28 May", "assigned"), ("2 Jun", "before-28")]


def test_a_second_email_of_a_day_is_not_for_what_lies_between(days: Days, moray: Partnership, owner: User) -> None:
    enter(moray, owner, "Due today", date(2026, 6, 16))
    days.run(date(2026, 6, 16))
    make_report(again(moray), key="a", due_on=date(2026, 6, 30), owner=again(owner), entered_on=AFTER_IT_OPENED)
    db.session.commit()
    days.run(date(2026, 6, 16), TEN)
    days.run(date(2026, 6, 23), time(6))
    assert [one.steps for one in days.notified[1:]] == [
        "before-14 over before-28",  # the first of a document
        "overdue-1; before-7",
    ]


def test_a_contact_hears_on_the_day_of_each_step(days: Days, moray: Partnership, owner: User) -> None:
    contact = Contact(partnership_id=moray.id, name="Kirsty Bain", email="kirsty@school.test")
    db.session.add(contact)
    step = make_milestone(moray, kind=Kind.CONSULTATION, due_on=DUE_ON, owner=owner, title="Views")
    contact.milestones.append(step)
    db.session.commit()
    walk(days, date(2026, 6, 1), date(2026, 6, 30))
    of_contact = [(one.day, one.steps) for one in days.notified if one.recipient == "kirsty@school.test"]
    assert [day for day, _ in of_contact] == ["2 Jun", "16 Jun", "23 Jun", "29 Jun", "30 Jun"]


def test_the_page_says_by_when_what_waits_will_come(days: Days, moray: Partnership, owner: User) -> None:
    number = enter(moray, owner, "Draft the plan", date(2026, 6, 26))
    friday = date(2026, 6, 12)
    days.run(friday)
    found = reasons(silence_of(db.session.get_one(Milestone, number), [], friday, moment(friday, TEN)), friday)
    (waits,) = [one for one in found if one.why is Why.LIST_DAY]
    assert waits.words.endswith("We will send the reminder “14 days before” by 16 June 2026.")
    days.run(date(2026, 6, 16))
    assert [(one.day, one.steps) for one in days.notified] == [("16 Jun", "before-14")]


def test_of_somebody_who_is_away_the_page_says_when_their_deputy_gets_it(
    days: Days, moray: Partnership, owner: User
) -> None:
    number = enter(moray, owner, "Draft the plan", date(2026, 6, 26))
    friday, thursday = date(2026, 6, 12), date(2026, 6, 18)
    deputy = make_user("Isla Ross", role=Role.CONTRIBUTOR, partnership=again(moray), rhythm=Rhythm.STANDARD, weekday=3)
    away = Delegation(user_id=owner.id, deputy_id=deputy.id, set_by_id=owner.id, set_at=moment(friday))
    away.from_on, away.to_on = friday, thursday
    db.session.add(away)
    db.session.commit()
    days.run(friday)
    found = reasons(silence_of(db.session.get_one(Milestone, number), [], friday, moment(friday, TEN)), friday)
    (waits,) = [one for one in found if one.why is Why.LIST_DAY]
    assert waits.words == (
        "Isla Ross (for Rory Baird) gets reminders that can wait in one email a week. We will send the reminder "
        "“14 days before” by 18 June 2026."
    )
    for day in every_day(friday + DAY, thursday):
        days.run(day)
    assert [(one.day, one.recipient) for one in days.notified] == [("18 Jun", "Isla Ross")]


def test_as_many_statements_gather_for_many_as_for_few(days: Days, moray: Partnership, owner: User) -> None:
    def gathered(people: int, due_on: date) -> int:
        for number in range(people):
            one = make_user(f"Person {number}", role=Role.CONTRIBUTOR, partnership=again(moray), rhythm=Rhythm.STANDARD)
            make_milestone(again(moray), due_on=due_on, owner=one)
            make_milestone(again(moray), kind=Kind.PLAN, due_on=due_on, owner=one)
        db.session.commit()
        queue_due_notices(due_on, moment(due_on))
        with counted_statements() as statements:
            assert gather_waiting_notices(due_on, moment(due_on)).messages >= people
        days.send(due_on)
        # SQLite is given the rows of `messages` one by one, to have their numbers
        return len([one for one in statements if not one.startswith("INSERT INTO messages ")])

    assert gathered(2, date(2026, 6, 16)) == gathered(20, date(2026, 6, 17))
