"""Links that carry a right: made when the mail is sent, kept as hashes, used once; mails that nobody needs."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, text

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.access.services.access_links import find_link_holder, spend_link
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.placeholders import placeholders_in
from cycle_tracker.core.roles import Role, Scope
from cycle_tracker.models.access import AccessLink, LinkPurpose
from cycle_tracker.models.message import ACCOUNT_MAIL_IS_QUEUED, Message, MessageBody, MessageKind
from cycle_tracker.models.user import AccountKind, User
from cycle_tracker.people.queries.account_mails import is_one_ready
from cycle_tracker.people.services.account_mails import ask_for_new_password, ask_for_sign_in_link, notify_of_change
from cycle_tracker.people.services.invitations import invite, withdraw_invitation
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.account_mails import links_in, mailed_link, send_account_mails
from tests.support.days import Days
from tests.support.mail_out import mail_server
from tests.support.page_fixtures import MORNING
from tests.support.parallel import at_once
from tests.support.postgres import free_port


@pytest.fixture
def morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ailsa(core_app: Flask) -> User:
    user = make_user("Ailsa Grant", email="ailsa@example.test")
    db.session.commit()
    return user


def ask(email: str = "ailsa@example.test") -> None:
    ask_for_new_password(email, now=clock.now())
    db.session.commit()


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def states() -> list[str]:
    return [state.value for state in db.session.scalars(select(Message.state).order_by(Message.id))]


def is_spent_by(token: str, purpose: LinkPurpose = LinkPurpose.RESET_PASSWORD) -> bool:
    is_spent = spend_link(token, purpose, now=clock.now())
    db.session.commit()
    return is_spent


def test_the_stored_bytes_hold_no_link_and_the_database_only_its_hash(days: Days, ailsa: User) -> None:
    ask()
    stored = db.session.scalars(select(MessageBody.content)).one()
    key = db.session.scalars(select(MessageBody.key)).one()
    assert placeholders_in(stored, key) == ["link", "link"]
    token = token_of(mailed_link(days.sink))
    link = db.session.scalars(select(AccessLink)).one()
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert (link.purpose, link.user_id, link.used_at) == (LinkPurpose.RESET_PASSWORD, ailsa.id, None)
    assert db.session.scalars(select(MessageBody.content)).one() == stored
    assert not placeholders_in(days.sink.accepted[0].raw, key)


def test_only_the_link_of_a_mail_is_new_in_it(days: Days, ailsa: User) -> None:
    ask()
    stored = db.session.scalars(select(MessageBody.content)).one()
    link = mailed_link(days.sink)
    [sent] = days.sink.accepted
    assert sent.message["Message-ID"] == db.session.scalars(select(Message.message_id)).one()
    for header in ("Subject", "From", "To", "Date", "Auto-Submitted"):
        assert f"{header}: {sent.message[header]}" in stored.decode()
    plain = sent.message.get_body(("plain",))
    assert plain is not None
    assert f"http://127.0.0.1:5000{link}" in plain.get_content().splitlines()


def test_a_mail_that_is_sent_again_has_another_link_and_using_one_uses_up_both(days: Days, ailsa: User) -> None:
    ask()
    days.sink.faults.drop_after_data, days.sink.faults.keep_dropped = 1, True
    send_account_mails()
    first, second = [token_of(link) for link in (links_in(days.sink)[0], mailed_link(days.sink))]
    assert first != second
    assert len({mail.message["Message-ID"] for mail in days.sink.accepted}) == 1
    assert find_link_holder(first, LinkPurpose.RESET_PASSWORD, now=clock.now()) is not None
    assert is_spent_by(second)
    assert not is_spent_by(first)
    assert not is_spent_by(second)


def test_no_link_is_made_for_a_server_that_is_not_there(days: Days, ailsa: User) -> None:
    ask()
    with mail_server(days.app, free_port()):
        assert send_account_mails().could_not_be_used
    assert db.session.scalar(select(func.count(AccessLink.id))) == 0
    assert states() == ["queued"]


def test_a_link_is_spent_once_by_two_at_the_same_moment(days: Days, ailsa: User, core_app: Flask) -> None:
    ask()
    token = token_of(mailed_link(days.sink))
    db.session.remove()
    assert sorted(at_once(core_app, *[lambda: is_spent_by(token)] * 4)) == [False, False, False, True]


@pytest.mark.parametrize(
    ("kind", "holds_for"),
    [(MessageKind.PASSWORD_RESET, timedelta(hours=1)), (MessageKind.SIGN_IN_LINK, timedelta(minutes=15))],
)
def test_a_link_holds_so_long_and_for_its_own_purpose(
    days: Days, ailsa: User, morning: time_machine.Traveller, kind: MessageKind, holds_for: timedelta
) -> None:
    asked = {MessageKind.PASSWORD_RESET: ask_for_new_password, MessageKind.SIGN_IN_LINK: ask_for_sign_in_link}
    asked[kind]("ailsa@example.test", now=clock.now())
    db.session.commit()
    token = token_of(mailed_link(days.sink))
    own = LinkPurpose.RESET_PASSWORD if kind is MessageKind.PASSWORD_RESET else LinkPurpose.SIGN_IN
    for purpose in LinkPurpose:
        if purpose is not own:
            assert not is_spent_by(token, purpose)
    morning.shift(holds_for - timedelta(seconds=1))
    assert find_link_holder(token, own, now=clock.now()) is not None
    morning.shift(timedelta(seconds=1))
    assert find_link_holder(token, own, now=clock.now()) is None
    assert not is_spent_by(token, own)


@pytest.mark.parametrize("email", ["nobody@example.test", "off@example.test", "post@example.test"])
def test_nobody_is_mailed_who_is_unknown_switched_off_or_a_post(days: Days, email: str) -> None:
    make_user("Off", email="off@example.test", active=False)
    make_user("Post", email="post@example.test", kind=AccountKind.POST)
    db.session.commit()
    ask(email)
    ask_for_sign_in_link(email, now=clock.now())
    db.session.commit()
    assert states() == []
    assert db.session.scalar(select(func.count()).select_from(MessageBody)) == 0


def test_asking_twice_in_a_moment_makes_one_mail(days: Days, ailsa: User) -> None:
    ask()
    ask()
    assert states() == ["queued"]
    ask_for_sign_in_link("ailsa@example.test", now=clock.now())
    db.session.commit()
    assert states() == ["queued", "queued"]


def test_a_mail_whose_person_was_switched_off_meanwhile_stays_here(days: Days, ailsa: User) -> None:
    ask()
    notify_of_change(ailsa, "Your password was changed", now=clock.now())
    ailsa.active = False
    db.session.commit()
    assert send_account_mails().withdrawn == 2
    assert states() == ["withdrawn", "withdrawn"]
    assert days.sink.accepted == []


@pytest.mark.parametrize(
    ("after", "sent"), [(timedelta(minutes=59), 2), (timedelta(minutes=60), 1), (timedelta(hours=24), 0)]
)
def test_what_was_asked_for_too_long_ago_stays_here(
    days: Days, ailsa: User, morning: time_machine.Traveller, after: timedelta, sent: int
) -> None:
    ask()
    ask_for_sign_in_link("ailsa@example.test", now=clock.now())
    db.session.commit()
    morning.shift(after)
    assert send_account_mails().sent == sent


def test_what_another_link_did_already_stays_here(days: Days, ailsa: User, morning: time_machine.Traveller) -> None:
    ask()
    token = token_of(mailed_link(days.sink))
    ask()
    morning.shift(timedelta(seconds=1))
    assert is_spent_by(token)
    assert send_account_mails().withdrawn == 1


def test_a_withdrawn_invitation_is_not_mailed(days: Days) -> None:
    moray = make_partnership()
    lead = make_user(role=Role.LEAD, partnership=moray)
    invitation = invite(
        "new@example.test",
        "New Person",
        role=Role.CONTRIBUTOR,
        scope=Scope.PARTNERSHIP,
        partnership=moray,
        by=lead,
        viewer=viewer_of(lead.id, clock.today()),
        now=clock.now(),
    )
    withdraw_invitation(invitation, by=lead, now=clock.now())
    db.session.commit()
    assert send_account_mails().withdrawn == 1
    assert days.sink.accepted == []


def test_mails_about_accounts_go_before_the_digests_of_the_day(days: Days, ailsa: User) -> None:
    moray = make_partnership("moray")
    make_milestone(moray, due_on=date(2026, 5, 14), owner=make_user(role=Role.LEAD, partnership=moray))
    db.session.commit()
    days.queue(date(2026, 5, 14))
    assert not is_one_ready(clock.now())
    ask()
    assert is_one_ready(clock.now())
    assert send_account_mails().sent == 1
    assert [mail.message["Subject"] for mail in days.sink.accepted] == ["Set a new password for Cycle Tracker"]
    assert states() == ["queued", "sent"]
    days.send(date(2026, 5, 14))
    assert states() == ["sent", "sent"]


def test_a_mail_that_one_sender_has_in_hand_is_not_sent_by_another(days: Days, ailsa: User, core_app: Flask) -> None:
    ask()
    db.session.remove()
    sent = at_once(
        core_app,
        *[lambda: send_ready_messages(clock.today(), clock.now, only_for_accounts=True).sent] * 2,
        lambda: send_ready_messages(clock.today(), clock.now).sent,
    )
    assert sum(sent) == 1
    assert len(days.sink.accepted) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL chooses by what is in the table
def test_looking_for_one_reads_the_index_that_is_there_for_it(core_app: Flask) -> None:
    query = f"EXPLAIN QUERY PLAN SELECT id FROM messages WHERE {ACCOUNT_MAIL_IS_QUEUED} AND ready_at <= '2026-01-01'"  # noqa: S608
    plan = " ".join(row.detail for row in db.session.execute(text(query)))
    assert "ix_messages_account_mail" in plan


def test_the_state_in_the_condition_of_the_index_is_that_of_the_table() -> None:
    assert ACCOUNT_MAIL_IS_QUEUED.startswith(f"state = '{MessageState.QUEUED}'")
    assert [kind for kind in MessageKind if f"'{kind}'" in ACCOUNT_MAIL_IS_QUEUED] == [
        kind for kind in MessageKind if kind.is_for_an_account
    ]
