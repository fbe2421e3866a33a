"""Moray with what a calendar may hold, and the calendars that its people fetch."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from werkzeug.test import TestResponse

from cycle_tracker.core.clock import now
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.feeds.services import make_feed
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import RoleGrant, User
from tests.factories import make_milestone, make_partnership, make_report, make_user
from tests.support.pages import Browser


def calendar_of(answer: TestResponse) -> Any:
    """What a client library makes of the file."""
    return Calendar.from_ical(answer.data)


@dataclass
class Moray:
    """Moray with a contributor who owns a step and a report, and Fife with a step of theirs, on 3 July 2026."""

    app: Flask
    moray: Partnership
    fife: Partnership
    owner: User
    step: Milestone
    report: Milestone

    def fetch(self, token: str, **headers: str) -> TestResponse:
        client = Browser(self.app, self.app.response_class)
        return client.get(f"/calendar/{token}.ics", headers=headers)

    def feed(self, user: User, partnership: Partnership | None = None) -> str:
        token = make_feed(user, partnership, now=now())
        db.session.commit()
        return token

    def events(self, token: str) -> list[Any]:
        answer = self.fetch(token)
        assert answer.status_code == 200
        return list(calendar_of(answer).walk("VEVENT"))

    def summaries(self, token: str) -> list[str]:
        return [str(event["SUMMARY"]) for event in self.events(token)]


@pytest.fixture
def place(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        moray, fife = make_partnership("moray", name="Moray"), make_partnership("fife", name="Fife")
        owner = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray)
        step = make_milestone(moray, key="2026-29.draft", title="Draft the plan", due_on=date(2026, 7, 14), owner=owner)
        report = make_report(moray, owner=owner)
        db.session.commit()
        yield Moray(app, moray, fife, owner, step, report)
        db.session.remove()


def demote(place: Moray) -> None:
    db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == place.owner.id)).one().role = Role.GOVERNANCE
