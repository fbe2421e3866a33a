"""The web side looks after the scheduler: once a minute, beside the answer, and with one mail however many look."""

import subprocess
import sys
from datetime import timedelta
from threading import Event

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from config import ROOT
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.job_run import JobRun, RunOutcome
from cycle_tracker.models.message import Message
from cycle_tracker.operations.web import scheduler_watch
from cycle_tracker.operations.web.scheduler_watch import SchedulerWatch
from tests.factories import make_user
from tests.support.mail_out import mail_server, sink_for
from tests.support.parallel import at_once
from tests.support.postgres import free_port
from tests.support.smtp_sink import Mail

pytestmark = pytest.mark.usefixtures("morning")
MINUTE = timedelta(minutes=1)


def enter_administrator(app: Flask) -> None:
    with app.app_context():
        make_user("Jean Hay", role=Role.ADMINISTRATOR, email="jean@example.test")
        db.session.commit()


def run_sender() -> None:
    now = clock.now()
    db.session.add(JobRun(job="send-outbox", ran_for=now.date(), started_at=now, outcome=RunOutcome.FINISHED))
    db.session.commit()


def subjects(sent: list[Mail]) -> list[str]:
    return [str(mail.message["Subject"]) for mail in sent]


def test_the_administrator_is_mailed_from_the_web_side_and_once_more_when_it_runs_again(
    app: Flask, morning: time_machine.Traveller
) -> None:
    enter_administrator(app)
    with app.app_context():
        run_sender()
    watch = SchedulerWatch(app)
    with sink_for(app) as sink:
        for _minute in range(8):
            morning.shift(MINUTE)
            watch.look()
        assert subjects(sink.accepted) == ["Cycle Tracker: the scheduler is not running"]
        with app.app_context():
            run_sender()
        watch.look()
        watch.look()
        with app.app_context():
            queued = db.session.scalars(select(Message.subject).where(Message.state == "queued")).all()
        assert queued == ["Cycle Tracker: the scheduler is running again"]  # the scheduler is there to send it
        assert len(sink.accepted) == 1


def test_a_mail_server_that_is_away_is_tried_again_at_the_next_look(
    app: Flask, morning: time_machine.Traveller
) -> None:
    enter_administrator(app)
    watch = SchedulerWatch(app)
    morning.shift(5 * MINUTE)
    with mail_server(app, free_port()):
        watch.look()
    morning.shift(MINUTE)
    with sink_for(app) as sink:
        watch.look()
        assert subjects(sink.accepted) == ["Cycle Tracker: the scheduler is not running"]


@pytest.mark.on_both_databases
def test_of_six_workers_that_look_at_once_one_mails(app: Flask, morning: time_machine.Traveller) -> None:
    enter_administrator(app)
    watches = [SchedulerWatch(app) for _ in range(6)]
    morning.shift(5 * MINUTE)
    with sink_for(app) as sink:
        at_once(app, *[watch.look for watch in watches])
        assert subjects(sink.accepted) == ["Cycle Tracker: the scheduler is not running"]


def test_a_look_is_begun_after_a_request_once_a_minute(
    app: Flask, morning: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(SchedulerWatch, "_begin", lambda _watch: begun.append("look"))
    served = watched(app)
    client = served.test_client()
    for seconds, looks in ((0, 1), (1, 1), (59, 2), (60, 3)):
        morning.shift(timedelta(seconds=seconds))
        client.get("/healthz").close()
        assert len(begun) == looks


def test_the_answer_neither_waits_for_a_look_nor_breaks_with_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looking, over = Event(), Event()

    def slow_and_broken(*_given: object, **_named: object) -> bool:
        looking.set()
        over.wait(10)
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(scheduler_watch, "watch_scheduler", slow_and_broken)
    with watched(app).test_client().get("/healthz") as answer:
        assert answer.status_code == 200
    assert looking.wait(10)
    over.set()


def test_only_the_app_that_a_web_server_runs_looks(app: Flask) -> None:
    """Neither a command nor a test does; a process of its own shows what `wsgi.py` gives."""
    ask = "import wsgi; print([hook.__qualname__ for hook in wsgi.app.after_request_funcs[None]])"
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "SchedulerWatch.after_request" in done.stdout
    assert "SchedulerWatch" not in str(app.after_request_funcs)


def watched(app: Flask) -> Flask:
    """An app of its own with the watch over the same database: the hooks of one that has answered cannot be changed."""
    from cycle_tracker.web_app import create_app

    served = create_app({**app.config})
    scheduler_watch.init_app(served)
    return served
