"""The scheduler is killed for good (F25): somebody notices."""

import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import stamp
from sqlalchemy import select, text

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.operations.web.scheduler_watch import SchedulerWatch
from tests.conftest import Database
from tests.factories import make_user
from tests.faults.processes import Jobs, wait_until
from tests.support.mail_out import sink_for
from tests.support.visits import give_password, visit_as, whole_page, words


@pytest.fixture
def migrated(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        stamp()
    yield app
    with app.app_context():
        db.session.execute(text("DROP TABLE alembic_version"))
        db.session.commit()


@pytest.mark.in_full
def test_it_is_red_within_two_periods_mailed_about_after_five_minutes_and_ends_when_it_runs_again(
    migrated: Flask, database: Database
) -> None:
    with migrated.app_context():
        administrator = give_password(make_user("Jean Hay", role=Role.ADMINISTRATOR, email="jean@example.test"))
    client = migrated.test_client()
    with sink_for(migrated) as sink:
        jobs = Jobs(database.url, sink.port)
        scheduler = jobs.start_scheduler()
        watch = SchedulerWatch(migrated)
        try:
            wait_until(lambda: is_seen(client))
            wait_until(lambda: last_good_run(migrated) != "")
            assert client.get("/readyz").status_code == 200
            killed_at = clock.now()
            scheduler.signal(signal.SIGKILL)
            scheduler.ended()

            with time_machine.travel(killed_at + timedelta(minutes=2, seconds=6), tick=True):
                answer = client.get("/readyz")
                assert answer.status_code == 503
                assert not is_seen(client)
                watch.look()
                assert sink.accepted == []
            with time_machine.travel(killed_at + timedelta(minutes=6), tick=True):
                watch.look()
                page = words(whole_page(visit_as(migrated, administrator).get("/service-health")))
            assert [str(mail.message["Subject"]) for mail in sink.accepted] == [
                "Cycle Tracker: the scheduler is not running"
            ]
            assert "No emails could be sent for more than three minutes. Check that the scheduler is running" in page
            assert "The scheduler is not running On" in page
            assert last_good_run(migrated) in page

            jobs.start_scheduler()
            wait_until(lambda: len(sink.accepted) == 2)
            assert str(sink.accepted[1].message["Subject"]) == "Cycle Tracker: the scheduler is running again"
        finally:
            jobs.end()


def is_seen(client: FlaskClient) -> bool:
    answer = client.get("/readyz").json
    return answer is not None and answer["scheduler"]


def last_good_run(app: Flask) -> str:
    """When the last good run of the sender began, as the page writes it; empty where there is none."""
    with app.app_context():
        at = db.session.scalars(
            select(JobRun.started_at)
            .where(JobRun.job == "send-outbox", JobRun.outcome == RunOutcome.FINISHED)
            .order_by(JobRun.started_at.desc())
        ).first()
    return f"{clock.london_time(at):%-d %B %Y at %H:%M}" if at else ""
