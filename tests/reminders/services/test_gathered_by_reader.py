"""One email for each reader: their own, and that of everybody whom they cover, under headings."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.core.calendar import DAY
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.milestones import finish_milestone
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.mails import get_mail
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.factories import make_milestone, make_partnership, make_user
from tests.mail.services.test_one_message_fails import with_a_rhythm_of_a_later_version
from tests.support.days import TEN, Days, again, moment, ticking
from tests.support.mailed_links import text_of

TODAY = date(2026, 6, 16)


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def rory(moray: Partnership, lead: User) -> User:
    """A contributor who is away, and whom the lead covers."""
    person = make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)
    away(person, lead)
    return person


def away(person: User, deputy: User) -> None:
    db.session.add(
        Delegation(
            user_id=person.id,
            deputy_id=deputy.id,
            from_on=TODAY - DAY,
            to_on=TODAY + DAY * 9,
            set_by_id=person.id,
            set_at=moment(TODAY),
        )
    )
    db.session.flush()


def enter(moray: Partnership, owner: User, title: str, due_on: date = TODAY, **fields: Any) -> int:
    made = make_milestone(moray, title=title, due_on=due_on, owner=owner, **fields)
    db.session.commit()
    return made.id


def words_of_what_is_sent(days: Days, day: date = TODAY) -> list[str]:
    send_ready_messages(day, ticking(moment(day, TEN)))
    found = [text_of(mail).replace("\r\n", "\n") for mail in days.sink.accepted]
    days.sink.accepted.clear()
    return found


def for_whom() -> list[tuple[str, str, str]]:
    """Each notice in a mail: who gets it, whom it is for, and of which milestone."""
    names = {user.id: user.name for user in db.session.scalars(select(User))}
    rows = db.session.execute(
        select(Message.user_id, Notice.user_id, Milestone.title)
        .join(Notice, Notice.message_id == Message.id)
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .order_by(Message.id, Milestone.title)
    )
    return [(names[reader or 0], names[person or 0], title) for reader, person, title in rows]


def test_a_deputys_own_and_what_they_cover_are_one_email_under_headings(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    isla = make_user("Isla Ross", role=Role.CONTRIBUTOR, partnership=moray)
    away(isla, lead)
    enter(moray, lead, "Own")
    enter(moray, rory, "Of Rory")
    enter(moray, isla, "Of Isla")
    enter(moray, isla, "Of Isla, late", TODAY - DAY)
    days.queue(TODAY)
    assert set(for_whom()) == {
        ("Ailsa Grant", "Ailsa Grant", "Own"),
        ("Ailsa Grant", "Ailsa Grant", "Of Isla, late"),  # as planning lead
        ("Ailsa Grant", "Rory Baird", "Of Rory"),
        ("Ailsa Grant", "Isla Ross", "Of Isla"),
        ("Ailsa Grant", "Isla Ross", "Of Isla, late"),
    }
    (words,) = words_of_what_is_sent(days)
    headings = ["OVERDUE\n", "DUE TODAY\n", "DUE TODAY, FOR ISLA ROSS\n", "DUE TODAY, FOR RORY BAIRD\n"]
    assert [words.index(one) for one in headings] == sorted(words.index(one) for one in headings)
    assert "You are covering for Isla Ross and Rory Baird." in words
    assert words.count("Of Isla, late\n") == 1
    assert "and you are covering for Isla Ross and Rory Baird." in words
    assert "Stop early reminders" in words


def test_a_milestone_that_comes_to_the_reader_twice_is_one_item(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    enter(moray, rory, "Draft the plan", TODAY - DAY)
    days.queue(TODAY)
    assert len(for_whom()) == 2
    (words,) = words_of_what_is_sent(days)
    assert words.count("\nDraft the plan\n") == 1


def test_what_is_covered_alone_reads_as_before(days: Days, moray: Partnership, lead: User, rory: User) -> None:
    enter(moray, rory, "Of Rory")
    days.queue(TODAY)
    (words,) = words_of_what_is_sent(days)
    assert "DUE TODAY\n" in words
    assert "You get this because you are covering for Rory Baird." in words
    assert "Stop early reminders" not in words


def test_the_reader_has_one_digest_a_day_whoever_it_is_for(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    enter(moray, lead, "Own")
    days.run(TODAY)
    enter(again(moray), again(rory), "Of Rory")
    days.run(TODAY, TEN)
    assert [one.recipient for one in days.notified] == ["Ailsa Grant"]
    days.run(TODAY + DAY)
    assert [one.recipient for one in days.notified] == ["Ailsa Grant", "Ailsa Grant"]


def test_the_rhythm_of_the_reader_says_when_and_the_switch_of_the_person_says_what(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    lead.rhythm, lead.weekday, rory.reminds_before = Rhythm.WEEKLY, 4, False
    enter(moray, rory, "Of Rory")
    enter(moray, rory, "Of Rory, later", TODAY + DAY * 3)
    for number in range(4):
        days.run(TODAY + DAY * number)
    assert [(one.day, one.recipient) for one in days.notified] == [("19 Jun", "Ailsa Grant")]
    assert not any(step.startswith("before-") for step in days.notified[0].steps.split("; "))


def test_each_reader_is_met_once_however_small_the_batches(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    others = [make_user(f"Person {number}", role=Role.CONTRIBUTOR, partnership=moray) for number in range(4)]
    away(others[0], others[3])
    away(others[3], others[1])
    for person in (lead, rory, *others):
        enter(moray, person, f"Of {person.name}")
    queue_due_notices(TODAY, moment(TODAY))
    assert gather_waiting_notices(TODAY, moment(TODAY), batch_size=1).messages == 3
    found = {(reader, person) for reader, person, _ in for_whom()}
    assert found == {
        ("Ailsa Grant", "Ailsa Grant"),
        ("Ailsa Grant", "Rory Baird"),
        ("Person 1", "Person 1"),
        ("Person 1", "Person 0"),
        ("Person 1", "Person 3"),
        ("Person 2", "Person 2"),
    }


def test_one_of_a_circle_that_cannot_be_written_keeps_back_none_of_the_others(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    isla = make_user("Isla Ross", role=Role.CONTRIBUTOR, partnership=moray)
    away(isla, lead)
    for person in (lead, rory, isla):
        enter(moray, person, f"Of {person.name}")
    address = isla.email
    queue_due_notices(TODAY, moment(TODAY))
    with with_a_rhythm_of_a_later_version(address):
        gathered = gather_waiting_notices(TODAY, moment(TODAY))
    assert gathered.failed == 1
    rows = db.session.execute(
        select(Milestone.title, Message.state)
        .join(Notice, Notice.milestone_id == Milestone.id)
        .outerjoin(Message, Message.id == Notice.message_id)
    )
    states = {row.title: row.state for row in rows}
    assert states["Of Isla Ross"] is MessageState.FAILED
    assert states["Of Ailsa Grant"] is MessageState.QUEUED
    days.run(TODAY + DAY)
    told = {title for _, _, title in for_whom()}
    assert told == {"Of Ailsa Grant", "Of Rory Baird", "Of Isla Ross"}


def test_after_an_outage_the_newest_takes_over_what_is_covered_too(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    enter(moray, lead, "Own")
    enter(moray, rory, "Of Rory", TODAY + DAY)
    days.queue(TODAY)
    days.queue(TODAY + DAY)
    days.send(TODAY + DAY, TEN)
    assert [one.recipient for one in days.notified] == ["Ailsa Grant"]
    assert set(for_whom()) >= {("Ailsa Grant", "Ailsa Grant", "Own"), ("Ailsa Grant", "Rory Baird", "Of Rory")}


def test_written_again_it_still_says_for_whom(days: Days, moray: Partnership, lead: User, rory: User) -> None:
    step = enter(moray, lead, "Own")
    enter(moray, lead, "Own too")
    enter(moray, rory, "Of Rory")
    make_milestone(moray, title="Late of Rory", due_on=TODAY - DAY * 30, owner=rory).next_notice_on = None
    db.session.commit()
    days.queue(TODAY)
    found = db.session.get_one(Milestone, step)
    finish_milestone(found, TODAY, by=again(lead), today=TODAY, now=moment(TODAY))
    db.session.commit()
    (words,) = words_of_what_is_sent(days)
    assert "\nOwn\n" not in words
    assert "DUE TODAY, FOR RORY BAIRD\n" in words
    assert "Late of Rory\nMoray. Overdue by 30 days (local date 17 May 2026). For Rory Baird.\n" in words


def test_the_person_who_is_away_reads_their_own_part_of_the_email_and_no_more(
    days: Days, moray: Partnership, lead: User, rory: User
) -> None:
    enter(moray, lead, "Own")
    enter(moray, rory, "Of Rory")
    days.queue(TODAY)
    identity = db.session.scalars(select(Message.identity)).one()
    viewers = viewers_of([again(lead).id, again(rory).id], TODAY)
    of_lead = get_mail(viewers[again(lead).id], identity)
    of_rory = get_mail(viewers[again(rory).id], identity)
    assert {one.title for one in of_lead.notices} == {"Own", "Of Rory"}
    assert ([one.title for one in of_rory.notices], of_rory.hidden, of_rory.is_theirs) == (["Of Rory"], 1, True)
    assert of_rory.stands_in_for == "Rory Baird"
