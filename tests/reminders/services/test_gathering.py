"""Which mail is written when, and what it holds."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis
from cycle_tracker.core.preferences import Rhythm
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.milestones import finish_milestone
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.factories import make_governance_group, make_milestone, make_partnership, make_report, make_user
from tests.support.days import TEN, Days, Told, again, every_day, moment, ticking

DAY = date(2026, 5, 14)


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def owner(moray: Partnership) -> User:
    return make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)


def enter(moray: Partnership, owner: User, title: str, due_on: date = DAY, **fields: Any) -> int:
    made = make_milestone(
        again(moray), title=title, due_on=due_on, owner=again(owner), entered_on=date(2026, 1, 1), **fields
    )
    db.session.commit()
    return made.id


def test_a_day_has_one_digest_however_often_the_job_runs(days: Days, moray: Partnership, owner: User) -> None:
    enter(moray, owner, "Draft the plan")
    days.run(DAY)
    days.run(DAY, TEN)
    assert days.notified == [
        Told("14 May", "Rory Baird", "Draft the plan, Moray: due today", "on-day over before-14, before-3")
    ]


def test_what_arises_after_the_digest_is_told_in_the_next(days: Days, moray: Partnership, owner: User) -> None:
    enter(moray, owner, "Draft the plan")
    days.run(DAY)
    enter(moray, owner, "Agree priorities", due_on=date(2026, 5, 28))
    days.run(DAY, TEN)
    assert len(days.notified) == 1
    days.run(date(2026, 5, 15))
    assert [(one.subject, one.steps) for one in days.of(date(2026, 5, 15))] == [
        ("Moray: 1 overdue, 1 due soon", "before-14; overdue-1")
    ]


def test_a_documents_date_is_told_at_the_next_run_whatever_the_digest(
    days: Days, moray: Partnership, owner: User
) -> None:
    enter(moray, owner, "Draft the plan")
    days.run(DAY)
    enter(moray, owner, "Agree priorities", due_on=date(2026, 5, 17))
    make_report(again(moray), due_on=date(2026, 5, 28), owner=again(owner), title="Annual report on 2025–26")
    db.session.commit()
    days.run(DAY, TEN)
    assert days.notified[1:] == [
        Told(
            "14 May", "Rory Baird", "Annual report on 2025–26, Moray: due in 14 days", "before-14 over opens, before-28"
        )
    ]


@pytest.mark.parametrize("rhythm", [Rhythm.WEEKLY, Rhythm.ONLY_LATE])
def test_a_decision_is_wanted_at_once_whatever_the_preference(days: Days, moray: Partnership, rhythm: Rhythm) -> None:
    (member,) = make_governance_group(moray, "Catriona Ross")
    member.rhythm, member.weekday = rhythm, 4
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    enter(moray, lead, "Draft the plan", duty_basis=Basis.STATUTE)
    days.run(date(2026, 5, 28))  # a Thursday
    assert Told("28 May", "Catriona Ross", "Decision needed: Draft the plan, Moray", "rung-14") in days.notified


def test_a_weekly_digest_comes_on_its_day_with_the_latest_of_each_milestone(
    days: Days, moray: Partnership, owner: User
) -> None:
    owner.rhythm, owner.weekday = Rhythm.WEEKLY, 0
    enter(moray, owner, "Draft the plan")
    enter(moray, owner, "Agree priorities", due_on=date(2026, 6, 4))
    for day in every_day(date(2026, 4, 28), date(2026, 5, 29)):
        days.run(day)
    assert days.notified == [
        # 30 April waits for Monday 4 May, a bank holiday
        Told("5 May", "Rory Baird", "Draft the plan, Moray: due in 9 days", "before-14"),
        Told("11 May", "Rory Baird", "Draft the plan, Moray: due in 3 days", "before-3"),
        # 14, 15 and 22 May: one line in the digest, though three notices are bound to it
        Told("18 May", "Rory Baird", "Draft the plan, Moray: overdue by 4 days", "on-day; overdue-1"),
        Told("26 May", "Rory Baird", "Moray: 1 overdue, 1 due soon", "before-14; overdue-8"),
    ]


def test_a_weekly_digest_whose_day_was_lost_comes_at_the_next_run(days: Days, moray: Partnership, owner: User) -> None:
    owner.rhythm, owner.weekday = Rhythm.WEEKLY, 0
    enter(moray, owner, "Draft the plan")
    for day in every_day(date(2026, 5, 12), date(2026, 5, 15)):
        days.run(day)
    days.run(date(2026, 5, 19))  # nothing ran on Monday 18 May
    assert [one.day for one in days.notified] == ["19 May"]


def test_who_wants_only_what_is_late_hears_nothing_before(days: Days, moray: Partnership, owner: User) -> None:
    owner.rhythm = Rhythm.ONLY_LATE
    enter(moray, owner, "Draft the plan")
    for day in every_day(date(2026, 4, 28), date(2026, 5, 18)):
        days.run(day)
    assert days.notified == [
        Told(
            "15 May", "Rory Baird", "Draft the plan, Moray: overdue by 1 day", "before-14; before-3; on-day; overdue-1"
        )
    ]


def test_nobody_gets_an_empty_mail(days: Days, moray: Partnership, owner: User) -> None:
    owner.rhythm = Rhythm.ONLY_LATE
    step = enter(moray, owner, "Draft the plan")
    days.run(DAY)
    finish_milestone(
        db.session.get_one(Milestone, step),
        DAY,
        by=again(owner),
        today=DAY,
        now=moment(DAY, TEN),
    )
    db.session.commit()
    days.run(date(2026, 5, 15))
    assert days.notified == []
    assert db.session.scalar(select(func.count(Message.id))) == 0
    assert {notice.ended_why for notice in db.session.scalars(select(Notice))} == {
        "it was done or closed before the email was written"
    }


def test_sixty_things_are_fifty_lines_and_a_number(days: Days, moray: Partnership, owner: User) -> None:
    for number in range(60):
        make_milestone(moray, title=f"Step {number:02d}", due_on=DAY, owner=owner)
    db.session.commit()
    queue_due_notices(DAY, moment(DAY), batch_size=25)
    gathered = gather_waiting_notices(DAY, moment(DAY))
    assert (gathered.messages, gathered.notices) == (1, 60)
    for message in _sent_texts(days, DAY):
        assert message.count("http://127.0.0.1:5000/partnerships/moray/milestones/") == 50
        assert "And 10 more.\n\nSee all your work: http://127.0.0.1:5000/" in message
        assert "Step 49" in message
        assert "Step 50" not in message


def test_a_mail_says_what_where_and_when_in_its_first_line(days: Days, moray: Partnership, owner: User) -> None:
    make_report(moray, owner=owner, title="Annual report on 2025–26")
    db.session.commit()
    days.queue(date(2026, 7, 8))
    (text,) = _sent_texts(days, date(2026, 7, 8))
    lines = text.splitlines()
    assert lines[0] == "Annual report on 2025–26, Moray. Overdue by 8 days (guidance date 30 June 2026)."
    assert "It is 99 days since 31 March 2026." in text
    assert "The duty is based on 2014 Act, section 13: as soon as practicable after 31 March." in text
    assert "http://127.0.0.1:5000/partnerships/moray/milestones/2023-26.annual-report-3" in text
    assert "breach" not in text


def test_the_offer_to_explain_names_the_day_so_that_it_holds_however_late(days: Days, moray: Partnership) -> None:
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
    make_user("Blair Munro", role=Role.LEAD, partnership=moray)
    make_report(moray, owner=lead, title="Annual report on 2025–26")
    db.session.commit()
    for day in every_day(date(2026, 7, 1), date(2026, 8, 14)):
        days.run(day)
    days.queue(date(2026, 8, 18))  # nothing ran on Monday the 17th
    texts = _sent_texts(days, date(2026, 8, 18))
    assert len(texts) == 2
    assert all("This will be outstanding from 30 August 2026." in text for text in texts)
    assert all("/partnerships/moray/milestones/2023-26.annual-report-3/proposal\n" in text for text in texts)


def test_an_owner_who_is_no_lead_is_told_who_can_explain(days: Days, moray: Partnership, owner: User) -> None:
    make_report(moray, owner=owner, title="Annual report on 2025–26")
    db.session.commit()
    days.run(date(2026, 8, 14))
    days.queue(date(2026, 8, 17))
    (text,) = _sent_texts(days, date(2026, 8, 17))
    assert "A planning lead can add an explanation with a new expected date." in text
    assert "/proposal" not in text


def test_long_titles_are_cut_in_the_subject_alone(days: Days, moray: Partnership, owner: User) -> None:
    title = "Agree with every lead body, member and provider how the plan’s resources are shared out"
    enter(moray, owner, title)
    days.queue(DAY)
    (text,) = _sent_texts(days, DAY)
    assert title in text
    subject = db.session.scalars(select(Message.subject)).one()
    assert len(subject) <= 60
    assert subject.endswith("…, Moray: due today")


def test_small_batches_of_people_write_the_same_mails(days: Days, moray: Partnership) -> None:
    for number in range(5):
        person = make_user(f"Person {number}", role=Role.CONTRIBUTOR, partnership=moray)
        make_milestone(moray, due_on=DAY, owner=person)
    db.session.commit()
    assert queue_due_notices(DAY, moment(DAY), batch_size=2).notices == 5
    assert gather_waiting_notices(DAY, moment(DAY), batch_size=2).messages == 5
    assert gather_waiting_notices(DAY, moment(DAY), batch_size=2).messages == 0
    assert days.send(DAY).sent == 5


def test_after_a_long_outage_a_persons_unsent_digests_are_one(days: Days, moray: Partnership, owner: User) -> None:
    enter(moray, owner, "Draft the plan")
    enter(moray, owner, "Agree priorities", due_on=date(2026, 5, 15))
    for day in every_day(DAY, date(2026, 5, 22)):
        days.queue(day)
    days.send(date(2026, 5, 22))
    assert len(days.notified) == 1


def _sent_texts(days: Days, day: date) -> list[str]:
    """The plain text of what goes out now."""
    send_ready_messages(day, ticking(moment(day, TEN)))
    texts = []
    for mail in days.sink.accepted:
        part = mail.message.get_body(("plain",))
        assert part is not None
        texts.append(part.get_content().replace("\r\n", "\n"))
    days.sink.accepted.clear()
    return texts


@pytest.mark.parametrize(("past", "ahead"), [(0, 2), (1, 4), (3, 2), (2, 0)])
def test_the_subject_counts_what_is_due_today_among_what_is_to_come(
    days: Days, moray: Partnership, owner: User, past: int, ahead: int
) -> None:
    for number in range(past):
        enter(moray, owner, f"Late {number}", due_on=date(2026, 5, 13))
    for number in range(ahead):
        enter(moray, owner, f"Today {number}")
    days.run(DAY)
    (mail,) = days.notified
    assert [int(number) for number in re.findall(r"\d+", mail.subject)] == [
        number for number in (past, ahead) if number
    ]
    assert ("today" in mail.subject or "soon" in mail.subject) == (ahead > 0)
