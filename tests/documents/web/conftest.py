"""Tayside with its plan and its last report, and the forms about them as people fill them in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.roles import Role
from cycle_tracker.documents.services.publications import record_publication
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import BodyRole, Partnership, PartnershipBody
from cycle_tracker.models.publication import Publication
from cycle_tracker.models.user import User
from tests.factories import (
    make_cycle,
    make_government,
    make_milestone,
    make_organisation,
    make_partnership,
    make_report,
    make_user,
)
from tests.support.pages import Browser, said, sign_in, soup, value_of

PLAN = "/partnerships/tayside/milestones/2026-29.plan-prepared"
REPORT = "/partnerships/tayside/milestones/2023-26.annual-report-3"
CYCLE = "/partnerships/tayside/cycles/2026-29"
ADDRESS = "https://www.tayside.example.org/plan"
TODAY = date(2026, 7, 3)


@dataclass
class Tayside:
    """Tayside with four lead bodies, its plan, its last report, and a contributor who is of Angus Council."""

    app: Flask
    partnership: Partnership
    bodies: dict[str, Organisation]
    lead: User
    contributor: User
    plan: Milestone
    report: Milestone

    def client(self, user: User | None = None) -> Browser:
        return sign_in(self.app, user or self.lead)

    def someone(self, role: Role, place: Partnership | None = None) -> Browser:
        return self.client(make_user(f"A {role.value}", role=role, partnership=place))

    def publish(self, document: Milestone | None = None, **more: Any) -> Publication:
        made = record_publication(
            document or self.plan,
            address=ADDRESS,
            published_on=date(2026, 4, 7),
            send_to_ministers=False,
            by=self.lead,
            today=TODAY,
            now=clock.now(),
            **more,
        )
        db.session.commit()
        return made


@pytest.fixture
def tayside(app: Flask, morning: time_machine.Traveller) -> Iterator[Tayside]:
    with app.app_context():
        make_government(mailbox="plans@example.test")
        place = make_partnership("tayside", name="Tayside", notify_from=date(2024, 4, 1))
        kinds = OrganisationKind.COUNCIL, OrganisationKind.HEALTH_BOARD, OrganisationKind.OTHER_SERVICE_PROVIDER
        bodies = {
            name: make_organisation(name, kind=kind)
            for name, kind in (
                ("Angus Council", kinds[0]),
                ("Dundee City Council", kinds[0]),
                ("Perth and Kinross Council", kinds[0]),
                ("NHS Tayside", kinds[1]),
                ("Dundee IJB", kinds[2]),
            )
        }
        for name, body in bodies.items():
            role = BodyRole.MEMBER if name == "Dundee IJB" else BodyRole.LEAD
            db.session.add(
                PartnershipBody(partnership_id=place.id, organisation=body, role=role, from_on=date(2017, 4, 1))
            )
        lead = make_user("Ailsa Grant", role=Role.LEAD, partnership=place, organisation=bodies["Dundee City Council"])
        contributor = make_user(
            "Calum Reid", role=Role.CONTRIBUTOR, partnership=place, organisation=bodies["Angus Council"]
        )
        plan = make_milestone(
            place,
            key="2026-29.plan-prepared",
            kind=Kind.PLAN,
            title="Children’s Services Plan 2026–29",
            due_on=date(2026, 4, 1),
            cycle=make_cycle(place),
            owner=lead,
        )
        report = make_report(place, owner=lead, cycle=make_cycle(place, "2023-26"))
        yield Tayside(app, place, bodies, lead, contributor, plan, report)
        db.session.remove()


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def follow(client: Browser, answer: TestResponse) -> TestResponse:
    assert answer.status_code == 302, said(answer)
    return client.get(answer.headers["Location"])


def approval(tayside: Tayside, body: str) -> str:
    return f"{PLAN}/approvals/{tayside.bodies[body].id}"


def approved(client: Browser, path: str, **changed: str) -> dict[str, str]:
    return {
        "version": value_of(client.get(path), "version"),
        "manner": "approved",
        "made_by": "Children and Learning Committee",
        "approved_on": "10 3 2026",
        "meeting": "March meeting",
        "minute": "26/112",
        **changed,
    }


def facts(client: Browser, path: str, **changed: str) -> dict[str, str]:
    return {
        "version": value_of(client.get(f"{path}/publication/facts"), "version"),
        "which": "final",
        "published_on": "7 4 2026",
        "places-0-form": "full",
        "places-0-language": "en",
        "places-0-address": ADDRESS,
        **changed,
    }


def rows(page: TestResponse, table: str) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in soup(page).select(f"#{table} tbody tr")]
