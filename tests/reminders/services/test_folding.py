"""Several unsent digests of one reader become one, and nothing is lost or told twice by it."""

from collections import Counter
from datetime import date, time, timedelta
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.mail.services.claims import claim_ready_messages, release_claim
from cycle_tracker.models.delegation import Delegation
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.folding import FOLDED, merge_unsent_digests
from tests.factories import make_milestone, make_partnership, make_report, make_user
from tests.support.days import TEN, Days, Told, again, every_day, moment
from tests.support.parallel import at_once

THURSDAY, FRIDAY = date(2026, 5, 14), date(2026, 5, 15)
SATURDAY, MONDAY, TUESDAY = date(2026, 5, 16), date(2026, 5, 18), date(2026, 5, 19)
LEASE = timedelta(seconds=60)


@pytest.fixture
def moray(days: Days) -> Partnership:
    return make_partnership("moray")


@pytest.fixture
def owner(moray: Partnership) -> User:
    return make_user("Rory Baird", role=Role.CONTRIBUTOR, partnership=moray)


def enter(moray: Partnership, owner: User, title: str, due_on: date) -> None:
    make_milestone(again(moray), title=title, due_on=due_on, owner=again(owner), entered_on=date(2026, 1, 1))
    db.session.commit()


def outbox() -> list[tuple[str, str, int]]:
    """Each message: its state, why it ended, and how many notices that count it holds."""
    held = Counter(db.session.scalars(select(Notice.message_id).where(Notice.ended_at.is_(None))))
    return [
        (message.state.value, message.ended_why, held[message.id])
        for message in db.session.scalars(select(Message).order_by(Message.id))
    ]


def test_the_newest_takes_over_and_the_older_says_why_it_was_not_sent(
    days: Days, moray: Partnership, owner: User
) -> None:
    enter(moray, owner, "Draft the plan", THURSDAY)
    enter(moray, owner, "Agree priorities", FRIDAY)
    enter(moray, owner, "Ask the children", date(2026, 5, 21))
    days.queue(THURSDAY)
    days.queue(FRIDAY)
    assert outbox() == [("withdrawn", FOLDED, 0), ("queued", "", 5)]
    withdrawn = db.session.scalars(select(Message).where(Message.state == MessageState.WITHDRAWN)).one()
    assert (withdrawn.ended_at, withdrawn.claim_id) == (moment(FRIDAY), None)
    assert days.send(FRIDAY, TEN).sent == 1
    assert [(one.subject, one.steps) for one in days.notified] == [
        (
            "Moray: 1 overdue, 2 due soon",
            "on-day over before-14, before-3; before-3 over before-14; before-14; overdue-1; on-day",
        )
    ]
    assert days.send(MONDAY).sent == 0


def test_a_weekend_without_a_mail_server_ends_on_monday_with_one_mail_for_each(days: Days, moray: Partnership) -> None:
    """It goes away on Thursday before the morning's mails are out, and is back on Monday at ten."""
    for number in range(12):
        owner = make_user(f"Person {number:02d}", role=Role.CONTRIBUTOR, partnership=moray)
        enter(moray, owner, f"Thursday {number:02d}", THURSDAY)
        enter(moray, owner, f"Friday {number:02d}", FRIDAY)
        enter(moray, owner, f"Monday {number:02d}", MONDAY)
    days.sink.stop()
    for day in every_day(THURSDAY, MONDAY):
        for hour in (7, 8, 9):
            days.queue(day, time(hour))
            assert days.send(day, time(hour)).could_not_be_used
    days.sink.start()
    assert days.send(MONDAY, TEN).sent == 12
    assert days.send(MONDAY, time(11)).sent == 0
    assert sorted(one.recipient for one in days.notified) == [f"Person {number:02d}" for number in range(12)]
    # Thursday's, Friday's and Monday's steps of each milestone are bound to the mail; it shows the latest of each.
    assert {one.subject for one in days.notified} == {"Moray: 2 overdue, 1 due soon"}
    assert {len(one.steps.split("; ")) for one in days.notified} == {8}
    assert Counter(state for state, _, _ in outbox()) == {"sent": 12, "withdrawn": 24}


def test_what_is_wanted_at_once_is_folded_with_the_digest_of_the_same_day(
    days: Days, moray: Partnership, owner: User
) -> None:
    enter(moray, owner, "Draft the plan", THURSDAY)
    days.queue(THURSDAY)
    make_report(again(moray), due_on=date(2026, 5, 28), owner=again(owner), title="Annual report on 2025–26")
    db.session.commit()
    days.queue(THURSDAY, TEN)
    enter(moray, owner, "Agree priorities", FRIDAY)
    days.queue(THURSDAY, time(11))
    days.send(THURSDAY, time(12))
    assert [one.subject for one in days.notified] == ["Moray: 2 milestones due soon"]
    days.run(FRIDAY)
    assert len(days.notified) == 2  # one digest a day, though the first was folded


def test_a_mail_that_may_have_arrived_is_not_folded(days: Days, moray: Partnership, owner: User) -> None:
    enter(moray, owner, "Draft the plan", THURSDAY)
    enter(moray, owner, "Agree priorities", FRIDAY)
    days.queue(THURSDAY)
    days.sink.faults.drop_after_data, days.sink.faults.keep_dropped = 1, True
    days.send(THURSDAY)
    days.queue(FRIDAY)
    assert [state for state, _, _ in outbox()] == ["queued", "queued"]
    days.send(FRIDAY)
    assert Counter(one.steps for one in days.notified) == {
        "on-day over before-14, before-3; before-3 over before-14": 2,
        "overdue-1; on-day": 1,
    }
    assert [state for state, _, _ in outbox()] == ["sent", "sent"]


def test_a_mail_that_a_sender_had_in_hand_when_it_stopped_is_not_folded_and_the_rest_of_its_batch_is(
    days: Days, moray: Partnership, owner: User
) -> None:
    other = make_user("Mairi Reid", role=Role.CONTRIBUTOR, partnership=moray)
    for person in (owner, other):
        enter(moray, person, "Draft the plan", THURSDAY)
        enter(moray, person, "Agree priorities", FRIDAY)
    days.queue(THURSDAY)
    claim_ready_messages(moment(THURSDAY), LEASE, not_after=moment(THURSDAY), limit=10)
    assert days.send(THURSDAY, TEN).sent == 2
    assert len(days.notified) == 2

    days.notified.clear()
    days.queue(FRIDAY)
    claim_ready_messages(moment(FRIDAY), LEASE, not_after=moment(FRIDAY), limit=10)
    days.sink.stop()
    days.send(FRIDAY, TEN)  # frees what the lost claim held
    days.queue(MONDAY)
    days.sink.start()
    days.send(MONDAY)
    assert Counter(one.recipient for one in days.notified) == {"Rory Baird": 2, "Mairi Reid": 1}


def test_a_mail_that_was_put_off_keeps_its_own_end(days: Days, moray: Partnership, owner: User) -> None:
    enter(moray, owner, "Draft the plan", THURSDAY)
    enter(moray, owner, "Agree priorities", FRIDAY)
    days.queue(THURSDAY)
    days.sink.faults.refuse_at_data[again(owner).email] = "452 4.2.2 Mailbox full"
    days.send(THURSDAY)
    days.queue(FRIDAY)
    assert [(state, why) for state, why, _ in outbox()] == [("queued", ""), ("queued", "")]


def test_a_mail_that_a_sender_has_in_hand_is_not_folded(days: Days, moray: Partnership, owner: User) -> None:
    enter(moray, owner, "Draft the plan", THURSDAY)
    enter(moray, owner, "Agree priorities", FRIDAY)
    days.queue(THURSDAY)
    claim = claim_ready_messages(moment(THURSDAY), LEASE, not_after=moment(THURSDAY), limit=1)
    assert claim is not None
    days.queue(FRIDAY)
    assert [state for state, _, _ in outbox()] == ["sending", "queued"]
    release_claim(claim)
    days.queue(MONDAY)
    assert Counter(state for state, _, _ in outbox()) == {"withdrawn": 2, "queued": 1}


def test_what_a_deputy_gets_is_not_folded_with_what_the_person_gets(
    days: Days, moray: Partnership, owner: User
) -> None:
    owner_id, deputy_id = owner.id, make_user("Mairi Reid", role=Role.CONTRIBUTOR, partnership=moray).id
    enter(moray, owner, "Draft the plan", THURSDAY)
    enter(moray, owner, "Agree priorities", FRIDAY)
    enter(moray, owner, "Ask the children", MONDAY)
    days.queue(THURSDAY)
    db.session.add(
        Delegation(
            user_id=owner_id,
            deputy_id=deputy_id,
            from_on=FRIDAY,
            to_on=date(2026, 5, 29),
            set_by_id=owner_id,
            set_at=moment(FRIDAY),
        )
    )
    db.session.commit()
    days.queue(FRIDAY)
    days.queue(MONDAY)
    days.send(MONDAY)
    assert sorted(one.recipient for one in days.notified) == ["Mairi Reid", "Rory Baird"]


def test_other_mails_are_left_alone(days: Days, owner: User) -> None:
    for kind in (MessageKind.UPDATE_REQUEST, MessageKind.UPDATE_REQUEST, MessageKind.DIGEST):
        db.session.add(
            Message(
                identity=uuid4().hex,
                message_id=f"<{uuid4().hex}@example.org>",
                kind=kind,
                recipient=owner.email,
                user_id=owner.id,
                addressee=f"user:{owner.id}",
                subject="How does it stand?",
                rendered_on=THURSDAY,
                queued_at=moment(THURSDAY),
                ready_at=moment(THURSDAY),
            )
        )
    db.session.commit()
    assert merge_unsent_digests(moment(FRIDAY)) == 0


def test_where_there_is_nothing_to_fold_it_costs_one_statement(days: Days, moray: Partnership) -> None:
    for number in range(20):
        owner = make_user(f"Person {number:02d}", role=Role.CONTRIBUTOR, partnership=moray)
        enter(moray, owner, f"Step {number:02d}", THURSDAY)
    days.queue(THURSDAY)
    assert _statements_of_folding() == (0, 1)


@pytest.mark.parametrize("people", [4, 40])
def test_to_fold_costs_the_same_few_statements_for_few_and_for_many(
    days: Days, moray: Partnership, people: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cycle_tracker.reminders.services.digests.merge_unsent_digests", lambda _now: 0)
    for number in range(people):
        owner = make_user(f"Person {number:02d}", role=Role.CONTRIBUTOR, partnership=moray)
        enter(moray, owner, f"Step {number:02d}", THURSDAY)
    days.queue(THURSDAY)
    days.queue(FRIDAY)
    assert _statements_of_folding() == (people, 5)


def _statements_of_folding() -> tuple[int, int]:
    seen: list[str] = []

    def note(*given: object) -> None:
        seen.append(str(given[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        folded = merge_unsent_digests(moment(FRIDAY, TEN))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return folded, len([statement for statement in seen if not statement.startswith("BEGIN")])


@pytest.mark.parametrize("round_", [0, *(pytest.param(one, marks=pytest.mark.in_full) for one in (1, 2, 3))])
def test_folding_and_claiming_at_the_same_moment_give_each_message_one_end(
    days: Days, moray: Partnership, round_: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("cycle_tracker.reminders.services.digests.merge_unsent_digests", lambda _now: 0)
        for number in range(60):
            owner = make_user(f"Person {number:02d}", role=Role.CONTRIBUTOR, partnership=moray)
            enter(moray, owner, f"Step {number:02d}", THURSDAY)
        days.queue(THURSDAY)
        days.queue(FRIDAY)
    db.session.rollback()
    now = moment(FRIDAY, TEN)

    def fold() -> int:
        return merge_unsent_digests(now, batch_size=5)

    def claim() -> int:
        taken = [claim_ready_messages(now, LEASE, not_after=now, limit=7) for _ in range(4)]
        return sum(len(one.message_ids) for one in taken if one)

    folded, folded_too, claimed = at_once(days.app, fold, fold, claim)
    states = Counter(state for state, _, _ in outbox())
    assert (states["withdrawn"], states["sending"]) == (folded + folded_too, claimed)
    held = dict.fromkeys(("withdrawn", "sending", "queued"), 0)
    for state, _, notices in outbox():
        held[state] += notices
    assert held["withdrawn"] == 0
    assert sum(held.values()) == 120
    assert _told_once(days)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(one, marks=pytest.mark.in_full) for one in range(2, 6))])
def test_whatever_fails_in_between_everything_is_told_and_in_one_mail(
    days: Days, moray: Partnership, seed: int
) -> None:
    """Days on which the server is away, busy, drops lines, or a sender dies with a batch in hand, in any order."""
    random = Random(seed)
    for number in range(4):
        owner = make_user(f"Person {number}", role=Role.CONTRIBUTOR, partnership=moray)
        for step in range(5):
            due_on = date(2026, 5, 11) + timedelta(days=random.randrange(25))
            enter(moray, owner, f"Step {step} of {number}", due_on)
    for day in every_day(date(2026, 5, 11), date(2026, 5, 29)):
        days.queue(day)
        days.sink.faults.busy_every = random.choice([0, 0, 1, 2])
        days.sink.faults.drop_every = random.choice([0, 0, 2])
        what = random.choice(["send", "send", "nothing", "nothing", "die"])
        if what == "die":
            claim_ready_messages(moment(day, TEN), LEASE, not_after=moment(day, TEN), limit=2)
        elif what == "send":
            days.send(day, TEN)
    days.sink.faults.busy_every = days.sink.faults.drop_every = 0
    assert _told_once(days)


def _told_once(days: Days) -> bool:
    """Send all that is left, some days later; True where every notice that counts is in one sent mail, which came
    once, and no mail that came tells of nothing."""
    for day in (date(2026, 6, 1), date(2026, 6, 2)):
        days.send(day, TEN)
    sent = {message.id for message in db.session.scalars(select(Message).where(Message.state == MessageState.SENT))}
    bound = list(db.session.scalars(select(Notice.message_id).where(Notice.ended_at.is_(None))))
    assert set(bound) == sent
    assert len(days.notified) == len(sent)
    assert {state for state, _, _ in outbox()} <= {"sent", "withdrawn"}
    assert all(isinstance(one, Told) and one.steps for one in days.notified)
    return True
