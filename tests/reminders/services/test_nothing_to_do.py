"""No email after a person can do nothing: what was given away, decided or answered meanwhile is left out."""

from datetime import date

import pytest
from sqlalchemy import select

from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.roles import Role
from cycle_tracker.governance.services.decisions import take_no_action
from cycle_tracker.milestones.services.milestones import move_local_date
from cycle_tracker.models.answer import Answer, AnswerKind
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.forecasts import forecast
from cycle_tracker.reminders.services.addressees import SAID_DONE
from cycle_tracker.reminders.services.untrue import GIVEN_AWAY
from cycle_tracker.reminders.services.unwritten import DECIDED
from tests.factories import make_governance_group, make_milestone, make_partnership, make_user
from tests.support.days import TEN, Days, again, every_day, moment

TODAY = date(2026, 6, 16)


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def owner(moray: Partnership) -> User:
    return make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)


def enter(moray: Partnership, owner: User, title: str, due_on: date = TODAY) -> int:
    made = make_milestone(moray, title=title, due_on=due_on, owner=owner, duty_basis=Basis.STATUTE)
    db.session.commit()
    return made.id


def test_who_gave_something_away_hears_no_more_of_it(days: Days, moray: Partnership, owner: User) -> None:
    step, _ = enter(moray, owner, "Given away"), enter(moray, owner, "Kept")
    days.queue(TODAY)
    found = db.session.get_one(Milestone, step)
    found.owner = make_user("Isla Ross", role=Role.CONTRIBUTOR, partnership=again(moray))
    db.session.commit()
    days.run(TODAY, TEN)
    days.run(TODAY + DAY)
    assert [(one.recipient, one.subject) for one in days.notified] == [
        ("Rory Baird", "Kept, Moray: due today"),
        ("Rory Baird", "Kept, Moray: overdue by 1 day"),
        ("Isla Ross", "Given away, Moray: overdue by 1 day"),
    ]
    assert [one.ended_why for one in db.session.scalars(select(Notice)) if one.ended_why] == [GIVEN_AWAY]


def test_who_may_not_be_told_takes_nothing_over(days: Days, moray: Partnership, owner: User) -> None:
    step = enter(moray, owner, "Given to a stranger")
    days.queue(TODAY)
    db.session.get_one(Milestone, step).owner = make_user("Stranger")
    db.session.commit()
    days.send(TODAY, TEN)
    assert [one.recipient for one in days.notified] == ["Rory Baird"]


@pytest.mark.parametrize("others", [0, 1])
def test_what_the_group_decided_is_not_asked_of_it(days: Days, moray: Partnership, owner: User, others: int) -> None:
    """Not in this email nor in any later one, and the escalation stage is not told a second time."""
    make_governance_group(moray, "Catriona Ross")
    enter(moray, owner, "Draft the plan", TODAY - DAY * 14)
    for number in range(others):
        enter(moray, owner, f"Agree priorities {number}", TODAY - DAY * 14)
    days.queue(TODAY)
    first = db.session.scalars(select(Escalation).where(Escalation.rung == 14).order_by(Escalation.id)).first()
    assert first is not None
    milestone_id = first.milestone_id
    member = db.session.scalars(select(User).where(User.name == "Catriona Ross")).one()
    take_no_action(first, "It is on its way.", by=member, today=TODAY, now=moment(TODAY))
    db.session.commit()
    for day in every_day(TODAY, TODAY + DAY * 30):
        days.run(day, TEN)
    subjects = [one.subject for one in days.notified if one.recipient == "Catriona Ross"]
    assert subjects == [f"Decision needed: Agree priorities {number}, Moray" for number in range(others)]
    told = db.session.scalars(select(Notice).where(Notice.step == "rung-14", Notice.ended_at.is_(None))).all()
    assert len(told) == 1 + others
    assert len(db.session.scalars(select(Escalation).where(Escalation.rung == 14)).all()) == 1 + others
    (decided,) = [one for one in told if one.milestone_id == milestone_id]
    message = db.session.get_one(Message, decided.message_id)
    assert message.state.value == "withdrawn"
    assert message.ended_why == DECIDED or not others


def consultation(moray: Partnership, owner: User) -> tuple[Milestone, Contact]:
    contact = Contact(partnership_id=moray.id, name="Kirsty Bain", email="kirsty@school.test")
    step = make_milestone(moray, kind=Kind.CONSULTATION, title="Views", due_on=TODAY + DAY * 14, owner=owner)
    contact.milestones.append(step)
    db.session.add(contact)
    db.session.commit()
    return step, contact


def answer(step: Milestone, contact: Contact, kind: AnswerKind, day: date) -> None:
    db.session.add(
        Answer(milestone_id=step.id, contact_id=contact.id, kind=kind, new_date=None, answered_at=moment(day, TEN))
    )
    db.session.commit()


def to_the_contact(days: Days) -> list[str]:
    return [one.day for one in days.notified if one.recipient == "kirsty@school.test"]


def test_a_contact_who_answered_done_is_not_asked_again(days: Days, moray: Partnership, owner: User) -> None:
    step, contact = consultation(moray, owner)
    days.run(TODAY)
    days.queue(TODAY + DAY * 7)
    answer(again(step), again(contact), AnswerKind.DONE, TODAY + DAY * 7)
    found = forecast(TODAY + DAY * 8, 14)
    assert "kirsty@school.test" not in {mail.recipient for mail in found.mails}
    for day in every_day(TODAY + DAY * 7, TODAY + DAY * 20):
        days.run(day, TEN)
    assert to_the_contact(days) == ["16 Jun"]
    assert {one.ended_why for one in db.session.scalars(select(Notice).where(Notice.contact_id.is_not(None)))} == {
        "",
        SAID_DONE,
    }


@pytest.mark.parametrize("kind", [AnswerKind.ON_TRACK, AnswerKind.NEEDS_A_NEW_DATE])
def test_a_contact_who_answered_something_else_last_is_asked_again(
    days: Days, moray: Partnership, owner: User, kind: AnswerKind
) -> None:
    step, contact = consultation(moray, owner)
    answer(step, contact, AnswerKind.DONE, TODAY - DAY)
    answer(again(step), again(contact), kind, TODAY)
    days.run(TODAY)
    assert to_the_contact(days) == ["16 Jun"]


def test_a_new_date_asks_a_contact_again(days: Days, moray: Partnership, owner: User) -> None:
    step, contact = consultation(moray, owner)
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=again(moray))
    days.run(TODAY)
    answer(again(step), again(contact), AnswerKind.DONE, TODAY)
    days.run(TODAY + DAY * 7)
    move_local_date(again(step), TODAY + DAY * 22, "The board moved.", by=again(lead), now=moment(TODAY + DAY * 8))
    db.session.commit()
    for day in every_day(TODAY + DAY * 8, TODAY + DAY * 9):
        days.run(day)
    assert to_the_contact(days) == ["16 Jun", "24 Jun"]
