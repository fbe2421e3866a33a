"""What the machines that watch the service are told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import stamp
from sqlalchemy import text

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.models.message import MailClaim
from cycle_tracker.web_app import create_app
from tests.conftest import settings_for_tests

FRIDAY = datetime(2026, 7, 3, 10, 0, tzinfo=LONDON)
SECOND = timedelta(seconds=1)


@pytest.fixture
def migrated(app: Flask) -> Iterator[Flask]:
    """The app over a database that stands at the newest migration."""
    with app.app_context():
        stamp()
        yield app
        db.session.execute(text("DROP TABLE alembic_version"))
        db.session.commit()


def ran(
    job: str,
    at: datetime,
    outcome: RunOutcome = RunOutcome.FINISHED,
    *,
    ended: datetime | None = None,
    holder: str = "",
) -> None:
    db.session.add(JobRun(job=job, ran_for=at.date(), started_at=at, ended_at=ended, outcome=outcome, holder=holder))
    db.session.commit()


def says(client: FlaskClient) -> dict[str, bool]:
    """What is not as it should be."""
    answer = client.get("/readyz")
    assert answer.json is not None
    assert (answer.status_code == 200) is answer.json["ready"]
    return {name: value for name, value in answer.json.items() if not value}


def test_the_process_is_up(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "ok\n")


def test_without_migrations_nothing_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "ready": False,
        "database": True,
        "migrations": False,
        "scheduler": False,
        "notices": False,
        "mail": False,
    }


@pytest.mark.usefixtures("morning")
def test_a_fresh_installation_is_ready_once_its_scheduler_runs(migrated: Flask, client: FlaskClient) -> None:
    assert says(client) == {"ready": False, "scheduler": False, "notices": False}
    ran("send-outbox", FRIDAY)
    assert client.get("/readyz").json == {
        "ready": True,
        "database": True,
        "migrations": True,
        "scheduler": True,
        "notices": True,
        "mail": True,
    }


def test_two_missed_runs_of_the_sender_turn_it_red(
    migrated: Flask, client: FlaskClient, morning: time_machine.Traveller
) -> None:
    ran("queue-notices", FRIDAY.replace(hour=7))
    ran("send-outbox", FRIDAY, RunOutcome.FAILED, ended=FRIDAY)
    morning.move_to(FRIDAY + timedelta(minutes=2) + 5 * SECOND)
    assert says(client) == {}
    morning.shift(SECOND)
    assert says(client) == {"ready": False, "scheduler": False}


def test_a_run_that_takes_long_is_seen_while_its_claim_holds(
    migrated: Flask, client: FlaskClient, morning: time_machine.Traveller
) -> None:
    ran("queue-notices", FRIDAY.replace(hour=7))
    ran("send-outbox", FRIDAY - timedelta(minutes=9), RunOutcome.RUNNING, holder="here process 1")
    assert says(client) == {"ready": False, "scheduler": False}
    db.session.add(MailClaim(id="c" * 32, holder="here process 1", leased_until=FRIDAY + 60 * SECOND))
    db.session.commit()
    assert says(client) == {}
    morning.shift(61 * SECOND)
    assert says(client) == {"ready": False, "scheduler": False}


def test_notices_that_are_not_queued_by_a_quarter_past_seven_turn_it_red(
    migrated: Flask, client: FlaskClient, morning: time_machine.Traveller
) -> None:
    ran("queue-notices", FRIDAY.replace(day=2, hour=7))
    ran("queue-notices", FRIDAY.replace(hour=7), RunOutcome.FAILED)
    for minute, said in ((14, {}), (15, {"ready": False, "notices": False})):
        morning.move_to(FRIDAY.replace(hour=7, minute=minute))
        ran("send-outbox", FRIDAY.replace(hour=7, minute=minute))
        assert says(client) == said
    ran("queue-notices", FRIDAY.replace(hour=7, minute=16))
    assert says(client) == {}


def test_a_run_for_a_day_to_come_does_not_stand_for_today(
    migrated: Flask, client: FlaskClient, morning: time_machine.Traveller
) -> None:
    """A run by hand `--on` a later day, or one of a clock that ran ahead."""
    ran("queue-notices", FRIDAY.replace(day=2, hour=7))
    db.session.add(
        JobRun(job="queue-notices", ran_for=FRIDAY.date() + timedelta(days=3), started_at=FRIDAY, outcome="finished")
    )
    ran("send-outbox", FRIDAY)
    assert says(client) == {"ready": False, "notices": False}


def test_a_database_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    nowhere = create_app(settings_for_tests(f"sqlite:///{tmp_path / 'no-such-folder' / 'x.db'}"))
    client = nowhere.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"] is False
