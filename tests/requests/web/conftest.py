"""Moray with a report that is late, its lead, and an official who asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import (
    make_cycle,
    make_government,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, sign_in, soup, value_of

LIST = "/update-requests"
NEW = f"{LIST}/new"
NOW = datetime(2026, 9, 2, 10, tzinfo=LONDON)


@dataclass
class Moray:
    """Moray's report, 64 days past its guidance date, with its lead, and an official."""

    app: Flask
    partnership: Partnership
    lead: User
    official: User
    report: Milestone

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.official)

    def form(self, client: Browser, *documents: Milestone) -> dict[str, Any]:
        """The form as it stands once the documents were ticked: ready to be sent."""
        page = client.get(address(*(documents or (self.report,))))
        return {
            "document": [str(tag["value"]) for tag in soup(page).select("input[name=document]")],
            "text": value_of(page, "text"),
            "reply_by": value_of(page, "reply_by"),
            "seen": value_of(page, "seen"),
            "action": "send",
        }

    def asked(self, report: Milestone | None = None, **fields: Any) -> UpdateRequest:
        about = report or self.report
        values = {"text": "How does it stand?", "reply_by": date(2026, 9, 16), **fields}
        request = UpdateRequest(milestone_id=about.id, asked_by_id=self.official.id, **{"asked_at": NOW, **values})
        db.session.add(request)
        db.session.flush()
        return request


@pytest.fixture
def moray(app: Flask, morning: time_machine.Traveller) -> Iterator[Moray]:
    morning.move_to(NOW)
    with app.app_context():
        make_government()
        place = make_partnership("moray", name="Moray")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place, email="ailsa@example.test")
        official = make_user("Fiona Shaw", role=Role.OFFICIAL)
        report = make_report(place, owner=lead, cycle=make_cycle(place, "2023-26"))
        yield Moray(app, place, lead, official, report)
        db.session.remove()


def address(*documents: Milestone) -> str:
    return f"{NEW}?{'&'.join(f'document={document.id}' for document in documents)}"


def requests() -> list[UpdateRequest]:
    return list(db.session.scalars(select(UpdateRequest).order_by(UpdateRequest.id)))


def page_of(report: Milestone) -> str:
    return f"/partnerships/moray/milestones/{report.key}"


def rows(client: Browser, query: str = "") -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in soup(client.get(f"{LIST}{query}")).select("tbody tr")]
