"""A form that lost the version that its person saw, or was given another, came too late; JSON is no form at all."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.models.milestone import Milestone
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.visits import give_password, visit_as

STEP = "/partnerships/moray/milestones/2026-29.draft-plan"
HELD = 2


@pytest.fixture
def email(app: Flask) -> str:
    with app.app_context():
        moray = make_partnership("moray")
        make_milestone(moray, key="2026-29.draft-plan")
        return give_password(make_user("Ailsa Grant", role=Role.LEAD, partnership=moray))


def step(app: Flask) -> tuple[int, State, str]:
    with app.app_context():
        one = db.session.scalars(select(Milestone)).one()
        return one.version, one.state, one.title


ODD: list[Any] = [
    *("", " ", "0", "-2", "+2", " 2", "2 ", "2.0", "2e0", "02x", "\uff12", "\u0662", "\u00b2", "1", "3"),
    *("999999999", "9" * 5_000, "None", "true", "[2]", "2,2", "2\n", "\u202e2"),
    ["1", "2"],
    (BytesIO(b"2"), "2"),
]


def test_no_other_version_than_the_one_that_holds_changes_anything(app: Flask, email: str) -> None:
    client, before = visit_as(app, email), step(app)
    assert before[0] == HELD
    edited = {"title": "Another", "stage": "", "lead_organisation": ""}
    for sent in [{}, {"Version": "2"}, {"version[]": "2"}, *({"version": odd} for odd in ODD)]:
        for path, data in (("start", {}), ("drop", {"reason": "Not needed"}), ("edit", edited)):
            again = {name: (BytesIO(b"2"), "2") if isinstance(odd, tuple) else odd for name, odd in sent.items()}
            assert client.post(f"{STEP}/{path}", data={**data, **again}).status_code == 409, (path, sent)
    assert step(app) == before
    assert client.post(f"{STEP}/start", data={"version": ["2", "1"]}).status_code == 302


@pytest.mark.parametrize("sent", [{"version": HELD}, {"version": str(HELD)}, {}, [1, 2], 5, "text", [["version", 2]]])
def test_what_is_sent_as_json_is_no_form(app: Flask, email: str, sent: object) -> None:
    client, before = visit_as(app, email), step(app)
    for path in (f"{STEP}/start", "/sign-in", "/account/password", "/sign-out"):
        assert client.post(path, json=sent).status_code == 400, path
    assert step(app) == before
    assert client.get("/", headers={"Content-Type": "application/json"}).status_code == 200
