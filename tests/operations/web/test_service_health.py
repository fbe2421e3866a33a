"""The health page turns red when a job did not run, and says what waits, what failed and who could not be told."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.models.job_run import Alarm, AlarmKind, JobRun, RunOutcome
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.notice import Notice
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.visits import give_password, visit_as, whole_page, words

NOW = datetime(2026, 7, 3, 10, 0, tzinfo=LONDON)
ALL_WELL = "All jobs are running. No emails have failed."

pytestmark = pytest.mark.usefixtures("morning")


def page(app: Flask) -> str:
    with app.app_context():
        email = give_password(make_user(role=Role.ADMINISTRATOR))
    return words(whole_page(visit_as(app, email).get("/service-health")))


def ran(app: Flask, job: str, at: datetime, outcome: RunOutcome = RunOutcome.FINISHED, **fields: object) -> None:
    with app.app_context():
        db.session.add(JobRun(job=job, ran_for=at.date(), started_at=at, ended_at=at, outcome=outcome, **fields))
        db.session.commit()


def test_all_is_well(app: Flask) -> None:
    ran(app, "queue-notices", NOW.replace(hour=7), counts={"notices": 12, "unreachable": 0})
    ran(app, "send-outbox", NOW - timedelta(minutes=2))
    said = page(app)
    assert ALL_WELL in said
    assert "3 July 2026 at 07:00, for 3 July 2026 Finished notices 12" in said


def test_jobs_that_never_ran_are_missed(app: Flask) -> None:
    said = page(app)
    assert "The reminders for 3 July 2026 have not been prepared." in said
    assert "No emails could be sent for more than three minutes." in said
    assert said.count("Has not run yet") == 4  # each job: its last run, and its last that did all


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (datetime(2026, 7, 3, 7, 14, tzinfo=LONDON), "2 July 2026"),
        (datetime(2026, 7, 3, 7, 15, tzinfo=LONDON), "3 July 2026"),
        (datetime(2026, 7, 5, 12, 0, tzinfo=LONDON), "3 July 2026"),
        (datetime(2026, 12, 1, 9, 0, tzinfo=LONDON), "1 December 2026"),
        (datetime(2026, 11, 30, 9, 0, tzinfo=LONDON), "27 November 2026"),
    ],
)
def test_the_day_whose_notices_should_be_there(
    app: Flask, morning: time_machine.Traveller, now: datetime, wanted: str
) -> None:
    morning.move_to(now)
    assert f"The reminders for {wanted} have not been prepared." in page(app)


def test_a_run_that_failed_is_no_run(app: Flask) -> None:
    ran(app, "queue-notices", NOW.replace(hour=7), RunOutcome.FAILED, error="The database cannot be used")
    ran(app, "send-outbox", NOW, RunOutcome.FAILED, error="The mail server: ConnectionRefusedError")
    said = page(app)
    assert "have not been prepared" in said
    assert "Failed: The mail server: ConnectionRefusedError" in said


def test_messages_and_notices_are_counted_and_listed(app: Flask) -> None:
    ran(app, "queue-notices", NOW.replace(hour=7))
    ran(app, "send-outbox", NOW)
    with app.app_context():
        milestone = make_milestone(make_partnership("moray"), title="Draft the plan", due_on=date(2026, 6, 19))
        for number, state in enumerate((MessageState.QUEUED, MessageState.SENDING, MessageState.FAILED)):
            db.session.add(message(number, state))
        db.session.add(
            Notice(
                milestone=milestone,
                due_on=milestone.due_on,
                step="rung-14",
                addressee="audience:governance-group",
                audience=Audience.GOVERNANCE,
                unreachable=True,
                queued_on=date(2026, 7, 3),
                queued_at=NOW,
            )
        )
        db.session.commit()
    said = page(app)
    assert "2 emails waiting" in said
    assert "The oldest has been waiting since 3 July 2026 at 08:00." in said
    assert "1 email could not be sent." in said
    assert "n2@example.test Moray: what is due 3 July 2026 at 10:00 1 attempt 550 No such user" in said
    assert "Draft the plan Moray 14 days after (escalation stage)" in said
    assert "rung-14" not in said
    assert "the governance group 3 July 2026" in said


def message(number: int, state: MessageState) -> Message:
    is_over = state is MessageState.FAILED
    return Message(
        identity=f"message-{number}",
        kind=MessageKind.DIGEST,
        recipient=f"n{number}@example.test",
        subject="Moray: what is due",
        message_id=f"<{number}@example.test>",
        rendered_on=NOW.date(),
        state=state,
        attempts=1,
        queued_at=NOW - timedelta(hours=2 - number),
        ready_at=NOW,
        ended_at=NOW if is_over else None,
        trouble="550 No such user" if is_over else "",
    )


def test_missed_runs_are_counted_and_listed(app: Flask) -> None:
    ran(app, "queue-notices", NOW.replace(hour=7))
    ran(app, "send-outbox", NOW)
    for number in (29, 30):
        ran(app, "queue-notices", datetime(2026, 6, number, tzinfo=LONDON), RunOutcome.MISSED)
    ran(app, "queue-notices", datetime(2026, 7, 1, tzinfo=LONDON), RunOutcome.MISSED)
    said = page(app)
    assert "3 missed runs in 30 days" in said
    assert "Missed runs in the last 30 days: 3." in said
    assert "1 July 2026 30 June 2026 29 June 2026" in said
    assert ALL_WELL in said


def test_the_last_good_run_stands_beside_one_that_failed(app: Flask) -> None:
    ran(app, "queue-notices", datetime(2026, 7, 2, 7, 0, tzinfo=LONDON), holder="tracker-1 process 12")
    ran(app, "queue-notices", NOW.replace(hour=7), RunOutcome.FAILED, error="Gone", holder="tracker-1 process 99")
    said = page(app)
    assert "3 July 2026 at 07:00, for 3 July 2026 tracker-1 process 99 Failed: Gone" in said
    assert "2 July 2026 at 07:00, for 2 July 2026" in said


def test_processes_that_run_the_jobs_at_once_are_named(app: Flask) -> None:
    ran(app, "queue-notices", NOW.replace(hour=7))
    for minutes in (4, 3, 2, 1):
        for holder in ("tracker-1 process 12", "tracker-2 process 34"):
            ran(app, "send-outbox", NOW - timedelta(minutes=minutes), holder=holder)
    said = page(app)
    assert "2 processes are running the jobs (tracker-1 process 12, tracker-2 process 34)." in said
    assert ALL_WELL not in said


def test_alarms_are_listed_while_they_are_on_and_after(app: Flask) -> None:
    with app.app_context():
        said_of_scheduler = "It last ran on 3 July 2026 at 09:50."
        db.session.add(Alarm(kind=AlarmKind.SCHEDULER_SILENT, raised_at=NOW, said=said_of_scheduler))
        for days in (40, 4):
            at = NOW - timedelta(days=days)
            db.session.add(Alarm(kind=AlarmKind.SENDER_FAILING, raised_at=at, ended_at=at, said=f"Said {days}."))
        db.session.commit()
    said = page(app)
    assert f"The scheduler is not running On 3 July 2026 at 10:00 Not yet {said_of_scheduler}" in said
    assert "Reminders are not being sent Over 29 June 2026 at 10:00 29 June 2026 at 10:00 Said 4." in said
    assert "Said 40." not in said


def test_milestones_that_could_not_be_decided_on_are_noted(app: Flask) -> None:
    ran(app, "queue-notices", NOW.replace(hour=7), counts={"notices": 12, "skipped": 2})
    ran(app, "send-outbox", NOW)
    said = page(app)
    assert "The last run could not check 2 milestones." in said
    assert ALL_WELL not in said
