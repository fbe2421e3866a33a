"""Moray and Tayside with the templates of the guidance, and the people who put records in."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core.clock import LONDON
from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.imports.rules.import_rows import SheetRow
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import make_user
from tests.support.databases import Database
from tests.support.reference import stand_reference

TODAY = date(2026, 7, 3)
NOW = datetime(2026, 7, 3, 10, tzinfo=LONDON)


@dataclass
class Country:
    """The 30 partnerships; a lead of Moray, and an official."""

    lead: User
    official: User

    def viewer(self, user: User) -> Viewer:
        return viewer_of(user.id, TODAY)

    def place(self, slug: str) -> Partnership:
        return db.session.scalars(select(Partnership).where(Partnership.slug == slug)).one()


@pytest.fixture
def country(core_app: Flask, database: Database) -> Country:
    stand_reference(database, NOW)
    moray = db.session.scalars(select(Partnership).where(Partnership.slug == "moray")).one()
    moray.notify_from = date(2026, 7, 1)
    lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray, email="ailsa@example.test")
    return Country(lead, make_user("Rhona Bell", role=Role.OFFICIAL))


def sheet(columns: tuple[str, ...], *rows: tuple[str, ...]) -> list[SheetRow]:
    """Rows as a file gives them, the first below the names of the columns."""
    return [SheetRow(number, dict(zip(columns, row, strict=False))) for number, row in enumerate(rows, 2)]
