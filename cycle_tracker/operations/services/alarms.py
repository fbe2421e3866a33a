"""Telling the administrators that the service itself has gone quiet, once, and that it works again.

The web side watches the scheduler, and the scheduler watches the sender. Whoever notices writes the row: of a kind one
alarm at most is on at a time, which the database itself holds us to, so that of any number of processes one mails.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from flask import current_app
from sqlalchemy import update

from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day, london_time
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.wording import day
from cycle_tracker.jobs.queries import (
    QUEUE_NOTICES,
    SEND_OUTBOX,
    failing_since,
    has_finished_for,
    latest_run,
    seen_last_at,
)
from cycle_tracker.jobs.rules import ALARM_AFTER
from cycle_tracker.jobs.services.missing_rows import insert_missing
from cycle_tracker.mail.services.outgoing import enqueue
from cycle_tracker.models.job_run import Alarm, AlarmKind, RunOutcome
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.operations.queries.alarms import alarm_that_is_on, list_administrators
from cycle_tracker.operations.queries.run_days import notices_day_of_service

LONGEST_IDENTITY = 32
OVERTAKEN = "the problem was over before this was sent"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Words:
    """What is said of one kind of alarm, and what to do about it."""

    raised: str
    advice: str
    ended: str
    relief: str


WORDS = {
    AlarmKind.SCHEDULER_SILENT: _Words(
        raised="The scheduler is not running",
        advice="Start it again with `python -m scheduler`. It will send the emails that should have been sent.",
        ended="The scheduler is running again",
        relief="It is sending the emails that should have been sent. Each is sent once.",
    ),
    AlarmKind.SENDER_FAILING: _Words(
        raised="Reminders are not being sent",
        advice="Check the error, or the mail server’s answer, on the service health page. Emails wait, and we try "
        "again every few minutes.",
        ended="Reminders are being sent again",
        relief="The emails that were waiting are being sent. Each is sent once.",
    ),
}


def watch_scheduler(now: datetime, *, watched_since: datetime) -> bool:
    """Raise the alarm where the scheduler has been silent for too long, and end it where it is seen again; True where
    an alarm is on afterwards. Commits.

    `watched_since` is since when the caller has looked: after a night on which the whole machine was down, the
    scheduler gets as long to come up as the web side did.
    """
    seen = seen_last_at(now)
    if seen is not None and now - seen < ALARM_AFTER:
        end_alarm(AlarmKind.SCHEDULER_SILENT, now)
    elif now - watched_since >= ALARM_AFTER:
        said = f"It last ran on {_at(seen)}." if seen else "It has never run."
        raise_alarm(
            AlarmKind.SCHEDULER_SILENT, f"{said} No reminders are prepared and no emails are sent until it runs.", now
        )
    is_on = alarm_that_is_on(AlarmKind.SCHEDULER_SILENT) is not None
    db.session.commit()
    return is_on


def watch_sender(now: datetime) -> None:
    """Called by the scheduler after a run: raise the alarm where runs fail, end it where they do not. That it is called
    ends the alarm about the scheduler itself. Commits."""
    end_alarm(AlarmKind.SCHEDULER_SILENT, now)
    trouble = _trouble(now)
    if trouble:
        raise_alarm(AlarmKind.SENDER_FAILING, trouble, now)
    else:
        end_alarm(AlarmKind.SENDER_FAILING, now)
    db.session.commit()


def raise_alarm(kind: AlarmKind, said: str, now: datetime) -> bool:
    """Write the alarm and the mails of it, unless it is on already. False where it is, or another process was first."""
    alarm = None if alarm_that_is_on(kind) else _insert(kind, said, now)
    if alarm is None:
        return False
    words = WORDS[kind]
    log.error("%s. %s", words.raised, said)
    _mail(alarm, words.raised, [said, words.advice], now)
    return True


def end_alarm(kind: AlarmKind, now: datetime) -> bool:
    """End the alarm, if it is on, and say so once. Its own mails that nobody has sent yet are withdrawn: the last one
    tells the whole of it."""
    alarm = alarm_that_is_on(kind)
    if alarm is None:
        return False
    ended = db.session.scalars(
        update(Alarm)
        .where(Alarm.id == alarm.id, Alarm.ended_at.is_(None))
        .values(ended_at=now)
        .returning(Alarm.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not ended:  # another process was first
        return False
    _withdraw_unsent(alarm, now)
    words = WORDS[kind]
    log.warning("%s.", words.ended)
    lines = [
        f"The problem lasted from {_at(alarm.raised_at)} to {_at(now)}. We wrote then: “{alarm.said}”",
        words.relief,
    ]
    _mail(alarm, words.ended, lines, now)
    return True


def _trouble(now: datetime) -> str:
    """What keeps mails from being decided or sent, in words; empty where nothing does."""
    failing = failing_since(SEND_OUTBOX)
    if failing is not None and now - failing.started_at >= ALARM_AFTER:
        return f"No emails have been sent since {_at(failing.started_at)}. {failing.error}"
    here = london_time(now)
    queued = latest_run(QUEUE_NOTICES)
    if (
        queued
        and queued.outcome is RunOutcome.FAILED
        and not has_finished_for(QUEUE_NOTICES, notices_day_of_service(here), here.date())
    ):
        return f"The reminders for {day(queued.ran_for)} could not be prepared. {queued.error}"
    return ""


def _insert(kind: AlarmKind, said: str, now: datetime) -> Alarm | None:
    """The new row; None where another process has one on. The unique index decides, also between two at once."""
    return alarm_that_is_on(kind) if insert_missing(Alarm, [{"kind": kind, "raised_at": now, "said": said}]) else None


def _mail(alarm: Alarm, headline: str, lines: Sequence[str], now: datetime) -> None:
    people = list_administrators()
    if not people:
        log.error("There is no administrator to email.")
    for person in people:
        enqueue(
            Message(
                identity=f"{_mark(alarm)}{token_hex(LONGEST_IDENTITY)}"[:LONGEST_IDENTITY],
                kind=MessageKind.ALARM,
                recipient=person.email,
                user_id=person.id,
                rendered_on=london_day(now),
            ),
            template="operations/mail/alarm",
            now=now,
            name=person.name,
            headline=headline,
            lines=lines,
            link=current_app.config["SERVICE_URL"] + addresses.SERVICE_HEALTH,
        )


def _withdraw_unsent(alarm: Alarm, now: datetime) -> None:
    db.session.execute(
        update(Message)
        .where(
            Message.kind == MessageKind.ALARM,
            Message.state == MessageState.QUEUED,
            Message.identity.startswith(_mark(alarm), autoescape=True),
        )
        .values(state=MessageState.WITHDRAWN, ended_at=now, ended_why=OVERTAKEN)
        .execution_options(synchronize_session=False)
    )


def _mark(alarm: Alarm) -> str:
    """What the identity of each mail of an alarm begins with."""
    return f"alarm-{alarm.id}-"


def _at(instant: datetime) -> str:
    here = london_time(instant)
    return f"{day(here.date())} at {here:%H:%M}"
