"""A service with its reference data and nothing else shows officials all 30 partnerships, and emails nobody."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.message import Message
from cycle_tracker.models.notice import Notice
from cycle_tracker.reference.files import read_partnerships
from scheduler.jobs import run_job
from tests.factories import at_seven, make_user
from tests.support.pages import Browser, said, sign_in

pytestmark = pytest.mark.on_both_databases

NAMES = [one.name for one in read_partnerships()]
SET_UP = [(date(2026, 4, 1), "2026-29", "2023-26"), (date(2029, 7, 2), "2029-32", "2026-29")]
"""The day on which the service is set up, the plan period that is running then, and the one before it."""


@dataclass
class Untouched:
    """A service on the day on which it was set up; nobody but an official and an administrator has an account."""

    app: Flask
    official: Browser
    day: date
    running: str
    before: str


@pytest.fixture(params=SET_UP, ids=lambda found: str(found[0]))
def untouched(app: Flask, morning: time_machine.Traveller, request: pytest.FixtureRequest) -> Iterator[Untouched]:
    day, running, before = request.param
    morning.move_to(at_seven(day))
    with app.app_context():
        assert app.test_cli_runner().invoke(args=["load-reference"]).exit_code == 0
        official = make_user("Fiona Shaw", role=Role.OFFICIAL)
        make_user("Jean Hay", role=Role.ADMINISTRATOR)
        db.session.commit()
        yield Untouched(app, sign_in(app, official), day, running, before)
        db.session.remove()


def test_officials_see_all_thirty_by_name_with_their_documents(untouched: Untouched) -> None:
    for address in ("/", "/outstanding", "/outstanding?state=no-record", "/matrix"):
        words = said(untouched.official.get(address))
        assert [name for name in NAMES if name not in words] == [], address
        assert words.count("No record here yet") >= 1, address
    for address in ("/", "/outstanding"):
        words = said(untouched.official.get(address))
        assert words.count(f"Annual report on {int(untouched.before[:4])}–{int(untouched.before[2:4]) + 1}") == 30
    export = untouched.official.get("/outstanding/export.csv").get_data(as_text=True)
    assert [name for name in NAMES if export.count(f",{name},") < 8] == []
    matrix = said(untouched.official.get(f"/matrix?period={untouched.running}"))
    assert "None yet" not in matrix


def test_the_national_picture_as_json_has_all_thirty(untouched: Untouched) -> None:
    for period, states in ((untouched.before, {"no-record"}), (untouched.running, {"open", "not-open", "no-record"})):
        asked = ["national", "--period", period, "--json"]
        found = json.loads(untouched.app.test_cli_runner().invoke(args=asked).output)
        documents = found["documents"]
        slugs = {one.slug for one in read_partnerships()}
        assert Counter(one["partnership"] for one in documents) == dict.fromkeys(slugs, 4)
        names = {"plan", "annual-report-1", "annual-report-2", "annual-report-3"}
        assert {one["document"] for one in documents} == names
        assert {one["state"] for one in documents if one["document"] != "annual-report-3"} <= states
        assert sum(found["totals"].values()) == 120
        assert {"outstanding", "past-guidance-date"}.isdisjoint(found["totals"])


def test_nobody_is_emailed_and_nothing_is_escalated(untouched: Untouched, morning: time_machine.Traveller) -> None:
    for days in range(0, 120, 7):
        day = untouched.day + timedelta(days=days)
        morning.move_to(at_seven(day))
        for job in ("open-next-cycles", "queue-notices"):
            assert run_job(untouched.app, job, day).usable
    for model in (Notice, Message, Escalation):
        assert db.session.scalar(select(func.count(model.id))) == 0
