"""Something is wrong with one message of a hundred: that one fails and is shown, and the others go out once."""

import logging
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, time
from itertools import count
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.milestones.services.contacts import ask_contact
from cycle_tracker.models.access import AccessLink
from cycle_tracker.models.contact import Contact
from cycle_tracker.models.message import Message, MessageBody
from cycle_tracker.models.notice import Notice
from cycle_tracker.operations.queries.outbox_health import is_mail_held_up
from cycle_tracker.reminders.services.digests import gather_waiting_notices
from cycle_tracker.reminders.services.reminders import queue_due_notices
from cycle_tracker.reminders.services.sending import send_ready_messages
from tests.conftest import Database
from tests.factories import make_milestone, make_organisation, make_partnership, make_user
from tests.support.days import SEVEN, TEN, Days, moment, ticking

DAY, NEXT_DAY = date(2026, 5, 14), date(2026, 5, 15)
AFTER_THE_WEEKEND = date(2026, 5, 18)
MAILS = 100
ONE_OF_THEM = 37
POSTGRESQL_TRIGGER = """
CREATE FUNCTION fail_for_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'this row is refused'; END $$
"""


@contextmanager
def refusing(event: str, table: str, condition: str) -> Iterator[None]:
    """The database refuses one row, as it does a bad one."""
    create = f"CREATE TRIGGER fail_for_one BEFORE {event} ON {table}"
    if db.engine.dialect.name == "sqlite":
        made = [f"{create} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'this row is refused'); END"]
        gone = ["DROP TRIGGER fail_for_one"]
    else:
        made = [
            POSTGRESQL_TRIGGER,
            f"{create} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION fail_for_one()",
        ]
        gone = [f"DROP TRIGGER fail_for_one ON {table}", "DROP FUNCTION fail_for_one()"]
    execute(made)
    try:
        yield
    finally:
        db.session.rollback()
        execute(gone)


def execute(statements: list[str]) -> None:
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


@pytest.fixture
def hundred(days: Days, database: Database) -> list[str]:
    """A hundred people with a date each; their addresses, in the order in which their emails go out."""
    return database.stand("a hundred owners", make_hundred)


def make_hundred() -> list[str]:
    moray = make_partnership("moray")
    for number in range(MAILS):
        owner = make_user(email=f"owner-{number}@example.test", role=Role.CONTRIBUTOR, partnership=moray)
        make_milestone(moray, due_on=DAY, owner=owner)
    db.session.commit()
    return [f"owner-{number}@example.test" for number in range(MAILS)]


def decide(day: date) -> dict[str, int]:
    queue_due_notices(day, moment(day))
    gathered = gather_waiting_notices(day, moment(day))
    return {"messages": gathered.messages, "failed": gathered.failed}


def its_notice(address: str) -> int:
    return db.session.scalars(select(Notice.id).join(Message).where(Message.recipient == address)).one()


def spoil_notice(notice_id: int, value: str = "5") -> None:
    """What a notice overtook becomes a number: a row that no rendering can read."""
    db.session.execute(text("UPDATE notices SET overtook = :value WHERE id = :id"), {"value": value, "id": notice_id})
    db.session.commit()


@contextmanager
def cannot_be_rendered_again(days: Days, address: str) -> Iterator[date]:
    spoil_notice(its_notice(address))
    yield NEXT_DAY


@contextmanager
def cannot_be_filled(days: Days, address: str) -> Iterator[date]:
    with refusing("INSERT", "access_links", f"NEW.notice_id = {its_notice(address)}"):
        yield DAY


@contextmanager
def cannot_be_sent(days: Days, address: str) -> Iterator[date]:
    """As where the library for SMTP meets an address or a text that it cannot bear."""
    send = smtplib.SMTP.sendmail

    def sendmail(client: smtplib.SMTP, sender: str, recipients: list[str], content: Any) -> Any:
        if recipients == [address]:
            raise RuntimeError("not this one")
        return send(client, sender, recipients, content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smtplib.SMTP, "sendmail", sendmail)
        yield DAY


@contextmanager
def cannot_be_recorded(days: Days, address: str) -> Iterator[date]:
    message_id = db.session.scalars(select(Message.id).where(Message.recipient == address)).one()
    with refusing("UPDATE", "messages", f"NEW.id = {message_id} AND NEW.state = 'sent'"):
        yield DAY


Wrong = Callable[[Days, str], Any]


@pytest.mark.parametrize(
    ("goes_wrong", "says"),
    [
        (cannot_be_rendered_again, "It could not be updated before it was sent. "),
        (cannot_be_filled, "It could not be sent. "),
        (cannot_be_sent, "It could not be sent. RuntimeError: not this"),
        (cannot_be_recorded, "The mail server answered “250 OK”, but the answer could not be recorded. "),
    ],
)
@pytest.mark.parametrize(("lines", "number"), [(1, MAILS - 1), pytest.param(3, 0, marks=pytest.mark.in_full)])
def test_the_others_go_out_once(
    days: Days, hundred: list[str], goes_wrong: Wrong, says: str, lines: int, number: int
) -> None:
    days.app.config["MAIL_CONNECTIONS"] = lines
    decide(DAY)
    its_own = hundred.pop(number)
    with goes_wrong(days, its_own) as day:
        sent = send_ready_messages(day, ticking(moment(day)), batch_size=MAILS)
        again = send_ready_messages(day, ticking(moment(day, TEN)))
    assert not is_mail_held_up(moment(day), moment(day, time(7, 5)), runs_fail=False)
    days.app.config["MAIL_CONNECTIONS"] = 1
    assert (sent.sent, sent.failed, sent.refused, sent.trouble) == (MAILS - 1, 1, 0, "")
    assert (again.sent, again.failed, again.in_other_hands) == (0, 0, 0)
    assert sorted(mail.recipients[0] for mail in days.sink.accepted if mail.recipients != (its_own,)) == sorted(hundred)
    failed = db.session.scalars(select(Message).where(Message.state == MessageState.FAILED)).one()
    assert failed.recipient == its_own
    assert failed.ended_at is not None
    assert failed.trouble.startswith(says)
    assert len(failed.trouble) > len(says)


def test_a_mail_that_cannot_be_written_is_shown_and_its_notices_wait_for_the_next_day(
    days: Days, hundred: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of it is lost: once the row is sound again, the mail is written and goes out."""
    queue_due_notices(DAY, moment(DAY))
    notice_id = db.session.scalars(select(Notice.id).order_by(Notice.id).offset(ONE_OF_THEM)).first()
    assert notice_id is not None
    spoil_notice(notice_id)
    with caplog.at_level(logging.ERROR):
        assert decide(DAY) == {"messages": MAILS - 1, "failed": 1}
    assert "could not be written" in caplog.text
    assert send_ready_messages(DAY, ticking(moment(DAY))).sent == MAILS - 1
    failed = db.session.scalars(select(Message).where(Message.state == MessageState.FAILED)).one()
    assert failed.trouble.startswith("An email that could not be written. TypeError")
    assert db.session.get_one(Notice, notice_id).message_id == failed.id
    assert decide(DAY) == {"messages": 0, "failed": 0}
    spoil_notice(notice_id, "[]")
    waiting_for = failed.recipient
    decided = decide(NEXT_DAY)
    assert decided["failed"] == 0
    days.sink.clear()
    send_ready_messages(NEXT_DAY, ticking(moment(NEXT_DAY)))
    assert [mail for mail in days.sink.accepted if mail.recipients == (waiting_for,)]


def test_a_contacts_mail_that_cannot_be_written_keeps_nobody_elses_back(days: Days) -> None:
    moray = make_partnership("moray")
    lead = make_user(role=Role.LEAD, partnership=moray)
    for name in ("Kirsty", "Lewis"):
        contact = Contact(partnership_id=moray.id, name=name, email=f"{name}@example.test")
        contact.organisation = make_organisation("Forum")
        db.session.add(contact)
        db.session.flush()
        ask_contact(
            make_milestone(moray, kind=Kind.CONSULTATION, due_on=DAY, owner=lead),
            contact,
            by=lead,
            now=moment(date(2026, 5, 1)),
        )
    db.session.commit()
    queue_due_notices(DAY, moment(DAY))
    first = db.session.scalars(select(func.min(Notice.id)).where(Notice.contact_id.is_not(None))).one()
    spoil_notice(first)
    assert decide(DAY) == {"messages": 2, "failed": 1}
    failed = db.session.scalars(select(Message).where(Message.state == MessageState.FAILED)).one()
    assert failed.recipient == "Kirsty@example.test"
    assert failed.contact_id is not None


def test_where_every_message_fails_the_run_says_that_it_could_do_nothing(days: Days, hundred: list[str]) -> None:
    decide(DAY)
    with refusing("INSERT", "access_links", "NEW.notice_id > 0"):
        sent = send_ready_messages(DAY, ticking(moment(DAY)))
    assert (sent.sent, sent.failed) == (0, MAILS)
    assert sent.could_not_be_used
    assert is_mail_held_up(moment(DAY, time(6, 50)), moment(DAY, time(7, 5)), runs_fail=False)
    assert not db.session.scalar(select(func.count(AccessLink.id)))
    # what was never handed over is written anew the next day
    db.session.execute(update(Message).values(digest_on=None))
    assert decide(NEXT_DAY)["messages"] == MAILS
    assert days.send(NEXT_DAY, SEVEN).sent == MAILS


def test_a_database_that_is_away_fails_no_message(days: Days, hundred: list[str]) -> None:
    """Nothing is wrong with any of them: they stay where they are, and the run ends."""
    decide(DAY)
    db.session.execute(text("ALTER TABLE access_links RENAME TO access_links_elsewhere"))
    db.session.commit()
    try:
        with pytest.raises(Exception, match="access_links"):
            send_ready_messages(DAY, ticking(moment(DAY)))
    finally:
        db.session.rollback()
        db.session.execute(text("ALTER TABLE access_links_elsewhere RENAME TO access_links"))
        db.session.commit()
    assert set(db.session.scalars(select(Message.state))) == {MessageState.SENDING}
    assert not days.sink.accepted


def test_a_message_without_a_text_fails_instead_of_being_claimed_for_ever(days: Days, hundred: list[str]) -> None:
    decide(DAY)
    its_own = hundred[ONE_OF_THEM]
    gone = select(Message.id).where(Message.recipient == its_own).scalar_subquery()
    db.session.execute(delete(MessageBody).where(MessageBody.message_id == gone))
    db.session.commit()
    asked = count()
    sent = send_ready_messages(DAY, ticking(moment(DAY)), stop=lambda: next(asked) > 3 * MAILS)
    assert next(asked) < 3 * MAILS
    assert (sent.sent, sent.failed) == (MAILS - 1, 1)
    failed = db.session.scalars(select(Message).where(Message.state == MessageState.FAILED)).one()
    assert (failed.recipient, failed.attempts) == (its_own, 0)
    assert failed.trouble == "It could not be sent. ValueError: it has no text"


@contextmanager
def with_a_rhythm_of_a_later_version(address: str) -> Iterator[None]:
    """As where a service goes back to the version before: a word stands in the table that this one does not know."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    known = "UPDATE users SET rhythm = 'daily'"
    unchecked = (
        "PRAGMA ignore_check_constraints = ON" if is_sqlite else "ALTER TABLE users DROP CONSTRAINT ck_users_rhythm"
    )
    db.session.execute(text(unchecked))
    db.session.execute(text("UPDATE users SET rhythm = 'hourly' WHERE email = :address"), {"address": address})
    execute(["PRAGMA ignore_check_constraints = OFF"] if is_sqlite else [])
    try:
        yield
    finally:
        db.session.rollback()
        rule = "CHECK (rhythm IN ('standard', 'daily', 'weekly', 'only-late'))"
        execute([known] if is_sqlite else [known, f"ALTER TABLE users ADD CONSTRAINT ck_users_rhythm {rule}"])


def test_a_person_who_cannot_be_read_keeps_nobody_elses_mail_back(days: Days, hundred: list[str]) -> None:
    queue_due_notices(DAY, moment(DAY))
    with with_a_rhythm_of_a_later_version(hundred[ONE_OF_THEM]):
        gathered = gather_waiting_notices(DAY, moment(DAY))
        assert (gathered.messages, gathered.failed) == (MAILS - 1, 1)
        assert send_ready_messages(DAY, ticking(moment(DAY))).sent == MAILS - 1
    failed = db.session.scalars(select(Message).where(Message.state == MessageState.FAILED)).one()
    assert failed.recipient == hundred[ONE_OF_THEM]


def test_a_mail_put_off_by_its_server_that_then_cannot_be_filled_is_written_again_the_next_day(
    days: Days, hundred: list[str]
) -> None:
    decide(DAY)
    address = hundred[0]
    days.sink.faults.refuse_at_rcpt = {address: "451 4.3.0 Later"}
    send_ready_messages(DAY, ticking(moment(DAY)))
    days.sink.faults.refuse_at_rcpt = {}
    with cannot_be_filled(days, address):
        assert send_ready_messages(DAY, ticking(moment(DAY, TEN))).failed == 1
    failed = db.session.scalars(select(Message).where(Message.state == MessageState.FAILED)).one()
    assert (failed.attempts, failed.ended_why) == (1, "it was never handed to the mail server")
    days.sink.clear()
    decide(NEXT_DAY)
    send_ready_messages(NEXT_DAY, ticking(moment(NEXT_DAY)))
    assert [mail for mail in days.sink.accepted if mail.recipients == (address,)]


def test_a_mail_that_may_have_arrived_is_told_in_no_other(days: Days, hundred: list[str]) -> None:
    """Its notices would come under another Message-ID, and nobody could tell that they are the same."""
    decide(DAY)
    address = hundred[0]
    db.session.execute(
        update(Message)
        .where(Message.recipient == address)
        .values(trouble="It may have arrived. The mail server did not answer. SMTPServerDisconnected")
    )
    db.session.commit()
    with cannot_be_rendered_again(days, address) as day:
        assert send_ready_messages(day, ticking(moment(day))).failed == 1
    failed = db.session.scalars(select(Message).where(Message.state == MessageState.FAILED)).one()
    assert failed.ended_why == "it may have arrived"
    failed_id, notice_id = failed.id, its_notice(address)
    spoil_notice(notice_id, "[]")
    decide(AFTER_THE_WEEKEND)
    assert db.session.scalars(select(Notice.message_id).where(Notice.id == notice_id)).one() == failed_id
