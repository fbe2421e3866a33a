"""Moray with a step that somebody owns, as the tests of what hangs off a milestone find it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.user import User
from tests.factories import make_cycle, make_milestone, make_partnership, make_report, make_user
from tests.support.pages import Browser, sign_in

STEP = "/partnerships/moray/milestones/2026-29.draft-plan"
REPORT = "/partnerships/moray/milestones/2023-26.annual-report-3"


@dataclass
class Place:
    """The partnership with its people, a step and a report."""

    app: Flask
    partnership: Partnership
    cycle: Cycle
    lead: User
    owner: User
    step: Milestone
    report: Milestone

    def client(self, user: User) -> Browser:
        return sign_in(self.app, user)

    def someone(self, role: Role, name: str = "") -> Browser:
        national = role in {Role.OFFICIAL, Role.AUDITOR, Role.ADMINISTRATOR}
        place = None if national else self.partnership
        return self.client(make_user(name or f"A {role.value}", role=role, partnership=place))


@pytest.fixture
def place(app: Flask, morning: time_machine.Traveller) -> Iterator[Place]:
    """It is 3 July 2026; the step is due on 14 July and the report is three days past its guidance date."""
    with app.app_context():
        moray = make_partnership("moray", name="Moray")
        cycle = make_cycle(moray, "2026-29")
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=moray)
        owner = make_user("Calum Reid", role=Role.CONTRIBUTOR, partnership=moray)
        step = make_milestone(
            moray, key="2026-29.draft-plan", due_on=date(2026, 7, 14), owner=owner, cycle=cycle, evidence_asked="Draft"
        )
        yield Place(app, moray, cycle, lead, owner, step, make_report(moray))
        db.session.remove()


def count(table: type) -> int:
    """How many rows a table has."""
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def actions() -> list[str]:
    """What the audit says was done to milestones, the oldest first."""
    about_them = select(AuditEvent.action).where(AuditEvent.subject == "milestone").order_by(AuditEvent.id)
    return list(db.session.scalars(about_them))
