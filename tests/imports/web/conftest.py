"""Moray with its history, and files that are uploaded."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from bs4 import Tag
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import make_user
from tests.support.databases import Database
from tests.support.pages import Browser, said, sign_in, soup
from tests.support.reference import stand_reference

HISTORY = "/partnerships/moray/history"
NATIONAL = "/history"
IMPORT = "/partnerships/moray/import"
COLUMNS = "partnership,key,title,kind,due_on,owner,state\n"
HISTORY_COLUMNS = "partnership,document,period,published on,address\n"


@dataclass
class Moray:
    """Moray with a lead, among the 30; and an official."""

    app: Flask
    place: Partnership
    lead: User
    official: User

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)


@pytest.fixture
def moray(app: Flask, database: Database, morning: time_machine.Traveller) -> Iterator[Moray]:
    with app.app_context():
        stand_reference(database, clock.now())
        place = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
        place.notify_from = date(2026, 7, 1)
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place)
        yield Moray(app, place, lead, make_user("Rhona Bell", role=Role.OFFICIAL))
        db.session.remove()


def upload(client: Browser, path: str, content: bytes | str, name: str = "rows.csv") -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    return client.post(path, data={"way": "file", "file": (io.BytesIO(data), name)})


def preview_of(answer: TestResponse) -> str:
    assert answer.status_code == 302, said(answer)
    assert re.search(r"/imports/\d+$", answer.headers["Location"])
    return answer.headers["Location"]


def problems(page: TestResponse) -> list[list[str]]:
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in soup(page).select("#problems tbody tr")
        if isinstance(row, Tag)
    ]


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0
