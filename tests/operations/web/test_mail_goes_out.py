"""`/readyz` turns red, and the health page says why, where a message is ready and none goes out."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import stamp
from sqlalchemy import Connection, event, select, text

from cycle_tracker.core import clock
from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.roles import Role
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.operations.queries.outbox_health import is_mail_held_up
from scheduler.jobs import run_job
from tests.conftest import Database
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.mail_out import sink_for
from tests.support.visits import give_password, visit_as, whole_page, words

NOW = datetime(2026, 7, 3, 10, 0, tzinfo=LONDON)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ALL_WELL = "All jobs are running. No emails have failed."
HELD_UP = (
    "No emails were sent in the last 15 minutes, although at least one was ready or could not be written. Check that "
    "the mail server responds. If it does, look at the emails that failed."
)
QUEUED, SENDING, SENT = MessageState.QUEUED, MessageState.SENDING, MessageState.SENT

pytestmark = pytest.mark.usefixtures("morning")
numbers = count(1)


@pytest.fixture
def service(app: Flask) -> Iterator[Flask]:
    """Migrated, with both jobs run when they should have been."""
    with app.app_context():
        stamp()
        ran("queue-notices", NOW.replace(hour=7))
        ran("send-outbox", NOW)
    yield app
    with app.app_context():
        db.session.execute(text("DROP TABLE alembic_version"))
        db.session.commit()


@pytest.fixture
def client(service: Flask) -> FlaskClient:
    return service.test_client()


def ran(job: str, at: datetime, outcome: RunOutcome = RunOutcome.FINISHED) -> None:
    db.session.add(JobRun(job=job, ran_for=at.date(), started_at=at, ended_at=at, outcome=outcome))
    db.session.commit()


def fields_of(
    state: MessageState, ago: timedelta, *, tries: int = 0, ready: timedelta | None = None, **fields: Any
) -> dict[str, Any]:
    """A message queued, or sent, so long ago; `ready` is how long ago its next try was or is to be."""
    number = next(numbers)
    return {
        "identity": f"message-{number}",
        "kind": MessageKind.DIGEST,
        "recipient": f"n{number}@example.test",
        "subject": "Moray: what is due",
        "message_id": f"<{number}@example.test>",
        "rendered_on": NOW.date(),
        "state": state,
        "attempts": tries,
        "queued_at": clock.now() - ago,
        "ready_at": clock.now() - (ago if ready is None else ready),
        "ended_at": clock.now() - ago if state is SENT else None,
        **fields,
    }


def add(app: Flask, *messages: dict[str, Any]) -> None:
    with app.app_context():
        for fields in messages:
            db.session.add(Message(**fields))
        db.session.commit()


def is_green(client: FlaskClient) -> bool:
    """Whether mail goes out, as `/readyz` has it, which stands and falls with it here."""
    answer = client.get("/readyz")
    assert answer.json is not None
    others = {name: value for name, value in answer.json.items() if name not in {"mail", "ready"}}
    assert others == {"database": True, "migrations": True, "scheduler": True, "notices": True}
    assert answer.json["ready"] is answer.json["mail"] is (answer.status_code == 200)
    return bool(answer.json["mail"])


def test_nothing_waits(service: Flask, client: FlaskClient) -> None:
    assert is_green(client)
    add(service, fields_of(SENT, timedelta(days=3)), fields_of(MessageState.FAILED, timedelta(days=1), tries=1))
    add(service, fields_of(MessageState.WITHDRAWN, timedelta(days=1)))
    assert is_green(client)


@pytest.mark.parametrize("state", [QUEUED, SENDING])
def test_a_message_turns_it_red_when_it_was_ready_for_a_quarter_of_an_hour(
    service: Flask, client: FlaskClient, morning: time_machine.Traveller, state: MessageState
) -> None:
    """Also one that a sender has in hand, be it one sender after another that dies."""
    add(service, fields_of(state, timedelta(0)))
    assert is_green(client)
    for after, green in ((15 * MINUTE - SECOND, True), (15 * MINUTE, False), (timedelta(days=2), False)):
        morning.move_to(NOW + after)
        with service.app_context():
            db.session.execute(text("DELETE FROM job_runs"))
            ran("queue-notices", clock.now().replace(hour=7, minute=0))
            ran("send-outbox", clock.now())
        assert is_green(client) is green


@pytest.mark.parametrize(
    ("ago", "green"), [(MINUTE, True), (15 * MINUTE, True), (15 * MINUTE + SECOND, False), (timedelta(hours=3), False)]
)
def test_it_is_green_while_another_message_was_sent_lately(
    service: Flask, client: FlaskClient, ago: timedelta, green: bool
) -> None:
    add(service, fields_of(QUEUED, timedelta(hours=2)), fields_of(SENT, ago))
    assert is_green(client) is green


def test_a_message_that_a_server_hangs_up_on_time_and_again_counts_as_waiting(
    service: Flask, client: FlaskClient
) -> None:
    """Each time it goes back to the queue with a new `ready_at`, and no attempt."""
    add(service, fields_of(QUEUED, 14 * MINUTE, ready=20 * SECOND))
    assert is_green(client)
    add(service, fields_of(QUEUED, 15 * MINUTE, ready=20 * SECOND))
    assert not is_green(client)


def test_so_does_one_that_was_put_off_before(service: Flask, client: FlaskClient) -> None:
    add(service, fields_of(QUEUED, timedelta(hours=1), tries=2, ready=20 * SECOND))
    assert is_green(client)
    with service.app_context():
        db.session.execute(text("DELETE FROM job_runs WHERE job = 'send-outbox'"))
        for minutes in range(17):
            ran("send-outbox", NOW - minutes * MINUTE, RunOutcome.FAILED)
    assert not is_green(client)


@pytest.mark.parametrize("runs", [RunOutcome.FINISHED, RunOutcome.FAILED])
def test_one_that_waits_for_its_next_try_turns_nothing_red(
    service: Flask, client: FlaskClient, runs: RunOutcome
) -> None:
    """A mailbox that is full: six tries over days, and the server is well."""
    with service.app_context():
        db.session.execute(text("DELETE FROM job_runs WHERE job = 'send-outbox'"))
        ran("send-outbox", NOW, runs)
    waits = [fields_of(QUEUED, timedelta(days=1), tries=tries, ready=-timedelta(hours=6)) for tries in (1, 5)]
    add(service, *waits)
    assert is_green(client)
    add(service, fields_of(SENT, MINUTE))
    assert is_green(client)


def test_at_its_next_try_it_is_given_time(service: Flask, client: FlaskClient) -> None:
    """At night, with nothing else to send: ready by its table, and the sender comes each minute."""
    add(service, fields_of(QUEUED, timedelta(hours=8), tries=4, ready=59 * SECOND))
    assert is_green(client)
    add(service, fields_of(QUEUED, timedelta(hours=8), tries=4, ready=15 * MINUTE))
    assert not is_green(client)


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind.is_for_an_account])
def test_mails_about_an_account_do_not_stand_for_the_others(
    service: Flask, client: FlaskClient, kind: MessageKind
) -> None:
    """They have a job of their own, which goes on when the other is stopped."""
    add(service, fields_of(QUEUED, 20 * MINUTE), fields_of(SENT, MINUTE, kind=kind))
    assert not is_green(client)
    add(service, fields_of(SENT, MINUTE))
    assert is_green(client)


def test_a_mail_about_an_account_that_is_ready_counts_too(service: Flask, client: FlaskClient) -> None:
    add(service, fields_of(QUEUED, 20 * MINUTE, kind=MessageKind.INVITATION))
    assert not is_green(client)
    add(service, fields_of(SENT, MINUTE, kind=MessageKind.PASSWORD_RESET))
    assert is_green(client)


def test_a_server_that_hangs_up_on_every_mail_turns_it_red_and_green_again_with_the_first_it_takes(
    service: Flask, client: FlaskClient, morning: time_machine.Traveller
) -> None:
    """By the jobs themselves, one run each minute."""
    day = NOW.date()
    with service.app_context():
        lead = make_user(email="lead@example.test", role=Role.LEAD, partnership=(moray := make_partnership("moray")))
        make_milestone(moray, due_on=day, owner=lead)
        db.session.commit()
    with sink_for(service) as sink:
        run_job(service, "queue-notices", day)
        sink.faults.drop_after_data = 1000
        for minutes in range(16):
            morning.move_to(NOW + minutes * MINUTE)
            assert is_green(client) is (minutes < 15)
            run_job(service, "send-outbox", day)
        with service.app_context():
            (message,) = db.session.scalars(select(Message)).all()
            assert (message.state, message.attempts, message.ready_at) == (QUEUED, 0, clock.now())
        assert not is_green(client)
        sink.faults.drop_after_data = 0
        run_job(service, "send-outbox", day)
        assert len(sink.accepted) == 1
        assert is_green(client)


def test_the_health_page_and_the_home_of_an_administrator_say_it_in_words(service: Flask) -> None:
    with service.app_context():
        email = give_password(make_user(role=Role.ADMINISTRATOR))
    visitor = visit_as(service, email)
    assert ALL_WELL in words(whole_page(visitor.get("/service-health")))
    add(service, fields_of(QUEUED, 15 * MINUTE))
    for address in ("/service-health", "/"):
        said = words(whole_page(visitor.get(address)))
        assert HELD_UP in said
        assert ALL_WELL not in said
    add(service, fields_of(SENT, MINUTE))
    assert HELD_UP not in words(whole_page(visitor.get("/service-health")))


MANY = """
INSERT INTO messages (identity, kind, recipient, subject, message_id, rendered_on, state, attempts, queued_at, ready_at,
  ended_at, trouble, receipt, ended_why)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 30000)
SELECT 'old-' || n, 'digest', 'old@example.test', 'Due', '<old>', '2026-01-05', 'sent', 1, '2026-01-05 07:00:00.000000',
  '2026-01-05 07:00:00.000000', '2026-01-05 07:00:00.000000', '', '', '' FROM numbers
"""


def test_it_is_asked_by_indexes_however_many_messages_were_sent(service: Flask, database: Database) -> None:
    with service.app_context():
        db.session.execute(text(MANY))
        db.session.commit()
        if database.kind == "postgresql":
            db.session.execute(text("ANALYZE messages"))
        add(service, *(fields_of(QUEUED, MINUTE) for _ in range(3)))
        plan = plan_of_the_question(database)
    assert "ix_messages_sent" in plan
    assert "ix_messages_ready" in plan
    assert "Seq Scan" not in plan
    assert [line for line in plan.splitlines() if line.startswith("SCAN messages") and "INDEX" not in line] == []


def plan_of_the_question(database: Database) -> str:
    """How the database goes about it."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert not is_mail_held_up(NOW - 15 * MINUTE, NOW, runs_fail=False)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    statement, parameters = seen[-1]  # SQLite is told to begin first
    explain = "EXPLAIN QUERY PLAN" if database.kind == "sqlite" else "EXPLAIN"
    rows = db.session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
    return "\n".join(str(row[-1]) for row in rows)
