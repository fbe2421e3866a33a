"""Mails about accounts within seconds: looked for often, begun for something only, rested after trouble."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.job_run import JobRun
from cycle_tracker.models.message import Message
from cycle_tracker.people.services.account_mails import ask_for_new_password
from scheduler.account_mails import AccountMailWatch
from scheduler.jobs import SEND_ACCOUNT_MAILS, run_job
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.days import Days
from tests.support.mail_out import mail_server
from tests.support.page_fixtures import MORNING
from tests.support.pages import counted_statements
from tests.support.postgres import free_port


@pytest.fixture
def morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def ask() -> None:
    make_user("Ailsa Grant", email="ailsa@example.test")
    ask_for_new_password("ailsa@example.test", now=clock.now())
    db.session.commit()


def test_looking_costs_one_statement_and_leaves_no_row(core_app: Flask) -> None:
    make_milestone(make_partnership(), due_on=date(2026, 5, 14))
    db.session.commit()
    watch = AccountMailWatch(core_app)
    with counted_statements() as seen:
        assert not watch.has_one()
    assert len(seen) == 1
    assert db.session.scalar(select(func.count(JobRun.id))) == 0


def test_what_waits_is_sent_and_leaves_a_row(days: Days) -> None:
    ask()
    watch = AccountMailWatch(days.app)
    assert watch.has_one()
    report = run_job(days.app, SEND_ACCOUNT_MAILS, clock.today())
    assert (report.usable, report.counts["sent"], report.counts["connections"]) == (True, 1, 1)
    assert not watch.has_one()
    assert db.session.scalars(select(JobRun.job)).all() == [SEND_ACCOUNT_MAILS]


def test_after_trouble_it_leaves_the_server_alone_for_a_minute(
    core_app: Flask, morning: time_machine.Traveller
) -> None:
    ask()
    watch = AccountMailWatch(core_app)
    with mail_server(core_app, free_port()):
        assert not run_job(core_app, SEND_ACCOUNT_MAILS, clock.today()).usable
    watch.rest()
    morning.shift(timedelta(seconds=59))
    assert not watch.has_one()
    morning.shift(timedelta(seconds=1))
    assert watch.has_one()
    assert db.session.scalars(select(Message.attempts)).one() == 0


def test_a_database_that_cannot_be_asked_ends_nothing(core_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def gone(_now: object) -> bool:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("scheduler.account_mails.is_one_ready", gone)
    assert not AccountMailWatch(core_app).has_one()
