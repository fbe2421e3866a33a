"""What changed between writing a mail and sending it: rendered again under the same Message-ID, or withdrawn."""

from datetime import date
from itertools import product

import pytest
from sqlalchemy import delete, select

from cycle_tracker.access.queries.scopes import may_be_seen_by
from cycle_tracker.access.queries.viewers import viewers_of
from cycle_tracker.access.rules.permissions import may_see
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.milestones.services.milestones import finish_milestone, move_local_date
from cycle_tracker.models.message import Message, MessageBody
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.user import RoleGrant, User
from cycle_tracker.reminders.services.untrue import FINISHED, MOVED, NOT_ALLOWED
from tests.factories import (
    make_government,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.days import SEVEN, TEN, Days, Told, again, moment

DAY, NEXT_DAY = date(2026, 5, 14), date(2026, 5, 15)


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def lead(moray: Partnership) -> User:
    return make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)


@pytest.fixture
def owner(moray: Partnership, lead: User) -> User:
    return make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)


@pytest.fixture
def queued(days: Days, moray: Partnership, owner: User) -> list[int]:
    """The numbers of two steps due today, of which one mail is written and not yet sent."""
    steps = [
        make_milestone(moray, title=title, due_on=DAY, owner=owner) for title in ("Draft the plan", "Agree priorities")
    ]
    db.session.commit()
    numbers = [step.id for step in steps]
    days.queue(DAY)
    return numbers


def finish(number: int, day: date = DAY) -> None:
    by = db.session.scalars(select(User).where(User.name == "Ailsa Grant")).one()
    finish_milestone(db.session.get_one(Milestone, number), day, by=by, today=day, now=moment(day, SEVEN))
    db.session.commit()


def endings() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(Notice).order_by(Notice.id))
    return [(row.ending.value if row.ending else "", row.ended_why) for row in rows]


def one_message() -> Message:
    return db.session.scalars(select(Message)).one()


def test_a_mail_that_is_still_true_goes_out_as_it_was_written(days: Days, queued: list[int]) -> None:
    written = db.session.scalars(select(MessageBody.content)).one()
    assert days.send(DAY, TEN).sent == 1
    assert db.session.scalars(select(MessageBody.content)).one() == written
    assert endings() == [("", ""), ("", "")]


def test_what_was_finished_meanwhile_is_left_out_under_the_same_message_id(days: Days, queued: list[int]) -> None:
    before = one_message().message_id
    finish(queued[0])
    days.send(DAY, TEN)
    assert days.notified == [
        Told("14 May", "Rory Baird", "Agree priorities, Moray: due today", "on-day over before-14, before-3")
    ]
    assert one_message().message_id == before
    assert endings() == [("withdrawn", FINISHED), ("", "")]
    content = db.session.scalars(select(MessageBody.content)).one()
    assert b"Draft the plan" not in content


def test_a_mail_with_nothing_left_to_say_is_withdrawn(days: Days, queued: list[int]) -> None:
    for number in queued:
        finish(number)
    sent = days.send(DAY, TEN)
    assert (sent.sent, sent.withdrawn) == (0, 1)
    message = one_message()
    assert (message.state, message.claim_id) == (MessageState.WITHDRAWN, None)
    assert message.ended_at is not None
    assert endings() == [("withdrawn", FINISHED)] * 2
    assert days.send(DAY, TEN).withdrawn == 0


def test_what_moved_meanwhile_is_left_out(days: Days, lead: User, queued: list[int]) -> None:
    step = db.session.get_one(Milestone, queued[0])
    move_local_date(step, date(2026, 6, 30), "The board moved.", by=again(lead), now=moment(DAY))
    db.session.commit()
    days.send(DAY, TEN)
    assert [one.subject for one in days.notified] == ["Agree priorities, Moray: due today"]
    assert endings() == [("superseded", "new-date on 2026-05-14"), ("", "")]


def test_a_date_moved_away_and_back_before_sending_is_left_out_and_told_again(
    days: Days, lead: User, queued: list[int]
) -> None:
    step = db.session.get_one(Milestone, queued[0])
    for day in (date(2026, 6, 30), DAY):
        move_local_date(step, day, "The board moved.", by=again(lead), now=moment(DAY))
    db.session.commit()
    days.send(DAY, TEN)
    assert [one.subject for one in days.notified] == ["Agree priorities, Moray: due today"]
    days.run(NEXT_DAY)
    notified = [one for one in days.of(NEXT_DAY) if one.recipient == "Rory Baird"]
    assert [(one.subject, one.steps) for one in notified] == [
        ("Moray: 2 milestones overdue", "overdue-1 over before-14, before-3, on-day; overdue-1")
    ]


def test_a_notice_whose_date_changed_behind_its_back_is_withdrawn(days: Days, queued: list[int]) -> None:
    db.session.get_one(Milestone, queued[0]).due_on = date(2026, 6, 30)
    db.session.commit()
    days.send(DAY, TEN)
    assert endings() == [("withdrawn", MOVED), ("", "")]


def test_who_lost_access_hears_nothing_and_the_leads_do_at_the_next_run(
    days: Days, owner: User, queued: list[int]
) -> None:
    db.session.execute(delete(RoleGrant).where(RoleGrant.user_id == again(owner).id))
    db.session.commit()
    assert days.send(DAY, TEN).withdrawn == 1
    assert endings() == [("withdrawn", NOT_ALLOWED)] * 2
    assert {step.next_notice_on for step in db.session.scalars(select(Milestone))} == {DAY}
    days.run(DAY, TEN)
    assert [(one.recipient, one.subject) for one in days.notified] == [("Ailsa Grant", "Moray: 2 milestones due today")]


def test_who_is_switched_off_hears_nothing_and_the_leads_do(days: Days, owner: User, queued: list[int]) -> None:
    again(owner).active = False
    db.session.commit()
    days.send(DAY, TEN)
    days.run(NEXT_DAY)
    assert endings()[:2] == [("withdrawn", NOT_ALLOWED)] * 2
    assert [(one.recipient, one.subject) for one in days.notified] == [("Ailsa Grant", "Moray: 2 milestones overdue")]


def test_the_words_hold_for_the_day_on_which_it_is_sent(days: Days, queued: list[int]) -> None:
    before = one_message().message_id
    finish(queued[1])
    days.send(NEXT_DAY)
    assert [(one.day, one.subject, one.steps) for one in days.notified] == [
        ("15 May", "Draft the plan, Moray: overdue by 1 day", "on-day over before-14, before-3")
    ]
    message = one_message()
    assert (message.message_id, message.rendered_on) == (before, NEXT_DAY)


def test_news_of_a_publication_from_an_earlier_day_goes_out_as_it_was_written(
    days: Days, moray: Partnership, lead: User
) -> None:
    make_government(mailbox="plans@government.example")
    record_publication(
        make_report(moray, owner=lead),
        address="https://www.moray.example/report.pdf",
        published_on=DAY,
        send_to_ministers=True,
        by=lead,
        today=DAY,
        now=moment(DAY),
    )
    db.session.commit()
    in_order = select(MessageBody.content).order_by(MessageBody.message_id)
    written = db.session.scalars(in_order).all()  # to the mailbox, and like it to who sends it
    assert days.send(NEXT_DAY).sent == 2
    assert db.session.scalars(in_order).all() == written


def test_the_rule_in_sql_on_who_may_see_is_that_of_the_permissions_table(days: Days, moray: Partnership) -> None:
    """Every role in each scope, for a step and a document of one's own partnership, of another, and of the nation."""
    fife = make_partnership("fife")
    board = make_organisation("NHS Grampian")
    left = make_organisation("NHS Fife")
    for body, until in ((board, None), (left, date(2026, 5, 13))):
        _add_body(moray, body.id, until)
    people = [make_user("Nobody"), make_user("Switched off", role=Role.LEAD, partnership=moray, active=False)]
    for role in Role:
        people.append(make_user(f"{role} in Moray", role=role, partnership=moray))
        people.append(make_user(f"{role} everywhere", role=role))
        for body in (board, left):
            person = make_user(f"{role} of {body.name}")
            db.session.add(RoleGrant(user_id=person.id, role=role, scope=Scope.ORGANISATION, organisation_id=body.id))
            people.append(person)
    milestones = [
        make_milestone(place, kind=kind) for place, kind in product((moray, fife, None), (Kind.STEP, Kind.PLAN))
    ]
    _notify_everybody_of_everything(people, milestones)
    db.session.flush()
    seen_in_sql = db.session.execute(
        select(Notice.user_id, Notice.milestone_id)
        .join(Milestone, Milestone.id == Notice.milestone_id)
        .where(may_be_seen_by(Notice.user_id, DAY))
    ).all()
    viewers = viewers_of([person.id for person in people], DAY)
    allowed = {
        (viewer.user_id, milestone.id)
        for viewer, milestone in product(viewers.values(), milestones)
        if may_see(viewer, milestone.partnership_id, is_document=milestone.is_document)
    }
    names = {person.id: person.name for person in people}
    where = {one.id: (one.partnership.slug if one.partnership else "nation", one.kind.value) for one in milestones}
    assert {(names[who or 0], where[what]) for who, what in seen_in_sql} == {
        (names[who], where[what]) for who, what in allowed
    }


def _add_body(partnership: Partnership, organisation_id: int, until: date | None) -> None:
    db.session.add(
        PartnershipBody(
            partnership_id=partnership.id,
            organisation_id=organisation_id,
            role=BodyRole.LEAD,
            from_on=date(2017, 4, 1),
            to_on=until,
        )
    )


def _notify_everybody_of_everything(people: list[User], milestones: list[Milestone]) -> None:
    for person, milestone in product(people, milestones):
        db.session.add(
            Notice(
                milestone_id=milestone.id,
                due_on=DAY,
                step="on-day",
                addressee=f"user:{person.id}",
                user_id=person.id,
                audience=Audience.OWNER,
                queued_on=DAY,
                queued_at=moment(DAY),
            )
        )


def test_every_ending_says_why(days: Days, queued: list[int]) -> None:
    finish(queued[0])
    days.send(DAY, TEN)
    ended = db.session.scalars(select(Notice).where(Notice.ended_at.is_not(None))).one()
    assert (ended.ending, ended.ended_why) == (Ending.WITHDRAWN, FINISHED)
