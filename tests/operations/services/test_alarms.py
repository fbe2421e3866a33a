"""The administrators are mailed once when the service goes quiet, and once when it works again."""

from datetime import date, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.models.job_run import Alarm, AlarmKind, JobRun, RunOutcome
from cycle_tracker.models.message import Message, MessageBody, MessageKind
from cycle_tracker.operations.services.alarms import end_alarm, raise_alarm, watch_scheduler, watch_sender
from tests.factories import make_partnership, make_user
from tests.support.parallel import at_once

NOW = datetime(2026, 7, 3, 10, 0, tzinfo=LONDON)
MINUTE = timedelta(minutes=1)
LONG_AGO = NOW - timedelta(days=1)


def enter_administrators() -> None:
    make_user("Jean Hay", role=Role.ADMINISTRATOR, email="jean@example.test")
    make_user("Kirsty Low", role=Role.ADMINISTRATOR, email="kirsty@example.test")
    make_user("Left", role=Role.ADMINISTRATOR, email="left@example.test", active=False)
    make_user("Ailsa Grant", role=Role.LEAD, partnership=make_partnership(), email="ailsa@example.test")
    db.session.commit()


def ran(at: datetime, job: str = "send-outbox", outcome: RunOutcome = RunOutcome.FINISHED, error: str = "") -> None:
    db.session.add(JobRun(job=job, ran_for=at.date(), started_at=at, ended_at=at, outcome=outcome, error=error))
    db.session.commit()


def mails(state: MessageState = MessageState.QUEUED) -> list[tuple[str, str]]:
    return [
        (message.recipient, message.subject)
        for message in db.session.scalars(select(Message).where(Message.state == state).order_by(Message.id))
    ]


def bodies() -> str:
    return "\n".join(
        content.decode().replace("=\r\n", "") for content in db.session.scalars(select(MessageBody.content))
    )


def test_a_scheduler_that_is_not_seen_for_five_minutes_is_mailed_about_once(core_app: Flask) -> None:
    enter_administrators()
    ran(NOW)
    assert not watch_scheduler(NOW + 5 * MINUTE - timedelta(seconds=1), watched_since=LONG_AGO)
    assert mails() == []
    for minutes in (5, 6, 90):
        assert watch_scheduler(NOW + minutes * MINUTE, watched_since=LONG_AGO)
    said = "Cycle Tracker: the scheduler is not running"
    assert mails() == [("jean@example.test", said), ("kirsty@example.test", said)]
    assert "It last ran on 3 July 2026 at 10:00." in bodies()
    assert "http://127.0.0.1:5000/service-health" in bodies()
    assert {message.kind for message in db.session.scalars(select(Message))} == {MessageKind.ALARM}


def test_a_web_side_that_has_just_started_gives_the_scheduler_as_long(core_app: Flask) -> None:
    enter_administrators()
    ran(LONG_AGO)
    assert not watch_scheduler(NOW, watched_since=NOW - 4 * MINUTE)
    assert watch_scheduler(NOW, watched_since=NOW - 5 * MINUTE)


def test_a_scheduler_that_was_never_started_is_mailed_about(core_app: Flask) -> None:
    enter_administrators()
    assert watch_scheduler(NOW, watched_since=NOW - 5 * MINUTE)
    assert "It has never run." in bodies()


def test_once_it_is_seen_again_one_mail_says_so_and_what_nobody_sent_is_withdrawn(core_app: Flask) -> None:
    enter_administrators()
    ran(NOW - 20 * MINUTE)
    watch_scheduler(NOW, watched_since=LONG_AGO)
    first = db.session.scalars(select(Message).order_by(Message.id)).first()
    assert first is not None
    first.state, first.ended_at = MessageState.SENT, NOW
    db.session.commit()
    ran(NOW + 9 * MINUTE)
    assert not watch_scheduler(NOW + 10 * MINUTE, watched_since=LONG_AGO)
    assert not watch_scheduler(NOW + 11 * MINUTE, watched_since=LONG_AGO)
    said = "Cycle Tracker: the scheduler is running again"
    assert mails() == [("jean@example.test", said), ("kirsty@example.test", said)]
    assert mails(MessageState.WITHDRAWN) == [("kirsty@example.test", "Cycle Tracker: the scheduler is not running")]
    assert "The problem lasted from 3 July 2026 at 10:00 to 3 July 2026 at 10:10." in bodies()
    assert "We wrote then: " in bodies()
    alarm = db.session.scalars(select(Alarm)).one()
    assert (alarm.raised_at, alarm.ended_at) == (NOW, NOW + 10 * MINUTE)


def test_the_scheduler_ends_the_alarm_about_itself(core_app: Flask) -> None:
    enter_administrators()
    watch_scheduler(NOW, watched_since=LONG_AGO)
    ran(NOW + MINUTE)
    watch_sender(NOW + MINUTE)
    assert db.session.scalar(select(func.count(Alarm.id)).where(Alarm.ended_at.is_(None))) == 0


def test_a_sender_that_fails_for_five_minutes_is_mailed_about_with_what_the_server_said(core_app: Flask) -> None:
    enter_administrators()
    ran(NOW)
    for minute in range(1, 7):
        ran(NOW + minute * MINUTE, outcome=RunOutcome.FAILED, error="The mail server: ConnectionRefusedError")
        watch_sender(NOW + minute * MINUTE)
        assert len(mails()) == (2 if minute == 6 else 0)
    assert "No emails have been sent since 3 July 2026 at 10:01. The mail server: ConnectionRefusedError" in bodies()
    ran(NOW + 7 * MINUTE)
    watch_sender(NOW + 7 * MINUTE)
    watch_sender(NOW + 8 * MINUTE)
    said = "Cycle Tracker: reminders are being sent again"
    assert mails() == [("jean@example.test", said), ("kirsty@example.test", said)]


def test_notices_that_could_not_be_decided_are_mailed_about_at_once(core_app: Flask) -> None:
    enter_administrators()
    ran(NOW.replace(hour=7), "queue-notices", RunOutcome.FAILED, "OperationalError: disk I/O error")
    watch_sender(NOW.replace(hour=7, minute=1))
    assert "The reminders for 3 July 2026 could not be prepared. OperationalError: disk I/O error" in bodies()
    ran(NOW.replace(hour=7, minute=2), "queue-notices")
    watch_sender(NOW.replace(hour=7, minute=3))
    assert db.session.scalars(select(Alarm)).one().ended_at == NOW.replace(hour=7, minute=3)


def test_an_alarm_is_raised_and_noted_where_there_is_nobody_to_mail(core_app: Flask) -> None:
    assert raise_alarm(AlarmKind.SENDER_FAILING, "No mail could be sent.", NOW)
    assert not raise_alarm(AlarmKind.SENDER_FAILING, "No mail could be sent.", NOW)
    assert mails() == []
    assert end_alarm(AlarmKind.SENDER_FAILING, NOW)
    assert not end_alarm(AlarmKind.SENDER_FAILING, NOW)
    assert raise_alarm(AlarmKind.SENDER_FAILING, "No mail could be sent.", NOW)


def test_of_six_processes_that_look_at_once_one_mails_and_one_says_that_it_is_over(core_app: Flask) -> None:
    enter_administrators()
    ran(NOW - timedelta(hours=1))
    db.session.remove()
    at_once(core_app, *[lambda: watch_scheduler(NOW, watched_since=LONG_AGO)] * 6)
    assert len(mails()) == 2
    assert db.session.scalar(select(func.count(Alarm.id))) == 1
    ran(NOW + MINUTE)
    db.session.remove()
    at_once(core_app, *[lambda: watch_scheduler(NOW + 2 * MINUTE, watched_since=LONG_AGO)] * 6)
    assert len(mails()) == 2
    assert len(mails(MessageState.WITHDRAWN)) == 2


def test_the_day_of_the_rules_is_the_day_of_london(core_app: Flask) -> None:
    """A failed run of yesterday is no trouble once the notices of today are decided."""
    ran(datetime(2026, 7, 2, 7, 0, tzinfo=LONDON), "queue-notices", RunOutcome.FAILED, "gone")
    db.session.add(JobRun(job="queue-notices", ran_for=date(2026, 7, 3), started_at=NOW, outcome=RunOutcome.FINISHED))
    db.session.commit()
    watch_sender(NOW)
    assert db.session.scalar(select(func.count(Alarm.id))) == 0
