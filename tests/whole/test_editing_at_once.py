"""Fifty people save one milestone at the same moment (F18): one is told that it is saved, the others what changed."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.roles import Role
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.evidence import Comment, Evidence
from cycle_tracker.models.milestone import Milestone
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.visits import give_password, visit_as

pytestmark = pytest.mark.on_both_databases

STEP = "/partnerships/moray/milestones/2026-29.draft-plan"
PEOPLE, AT_ONCE = 50, 10
BUSY = 503


@pytest.fixture
def email(app: Flask) -> str:
    with app.app_context():
        moray = make_partnership("moray")
        make_milestone(moray, key="2026-29.draft-plan")
        return give_password(make_user("Ailsa Grant", role=Role.LEAD, partnership=moray))


def send_at_once(app: Flask, email: str, sent: list[tuple[str, dict[str, str]]]) -> list[int]:
    """Send them all, ten at any moment, each from a browser of its own; the statuses."""
    cookie = visit_as(app, email).get_cookie("session")
    assert cookie is not None

    def send(path: str, data: dict[str, str]) -> int:
        client = app.test_client()
        client.set_cookie("session", cookie.value)
        while (status := client.post(path, data=data).status_code) == BUSY:
            continue  # on SQLite writers queue, and who waits too long is told to try again
        return status

    with ThreadPoolExecutor(AT_ONCE) as people:
        return list(people.map(lambda one: send(*one), sent))


def step(app: Flask) -> tuple[int, str, State]:
    with app.app_context():
        one = db.session.scalars(select(Milestone)).one()
        return one.version, one.title, one.state


def done(app: Flask) -> list[str]:
    with app.app_context():
        about_it = select(AuditEvent.action).where(AuditEvent.subject == "milestone").order_by(AuditEvent.id)
        return list(db.session.scalars(about_it))


def save_in_rounds(app: Flask, email: str, rounds: int) -> None:
    for number in range(1, rounds + 1):
        version, *_ = step(app)
        sent = [
            (
                f"{STEP}/edit",
                {"version": str(version), "title": f"{number}, {one}", "stage": "do", "lead_organisation": ""},
            )
            for one in range(PEOPLE)
        ]
        statuses = send_at_once(app, email, sent)
        assert Counter(statuses) == {302: 1, 409: PEOPLE - 1}
        assert step(app)[:2] == (version + 1, f"{number}, {statuses.index(302)}")
        assert done(app) == ["edited"] * number


def test_of_fifty_who_save_at_once_one_does(app: Flask, email: str) -> None:
    save_in_rounds(app, email, 2)


def test_of_dropping_finishing_and_renaming_at_once_one_is_done(app: Flask, email: str) -> None:
    version = str(step(app)[0])
    changes = [
        (f"{STEP}/drop", {"version": version, "reason": "Not needed"}),
        (f"{STEP}/finish", {"version": version, "done_on": "1 5 2026"}),
        (f"{STEP}/edit", {"version": version, "title": "New", "stage": "", "lead_organisation": ""}),
        (f"{STEP}/start", {"version": version}),
    ]
    statuses = send_at_once(app, email, changes * 3)
    assert Counter(statuses) == {302: 1, 409: 11}
    assert len(done(app)) == 1


def test_pressed_twice_at_once_it_is_one_comment_one_piece_one_sub_task(app: Flask, email: str) -> None:
    address = {"title": "Minutes", "address": "https://example.org/minutes"}
    for path, data in (
        (f"{STEP}/comments", {"text": "Agreed."}),
        (f"{STEP}/evidence/new", address),
        (f"{STEP}/sub-tasks/new", {"title": "Ask the schools", "owner": ""}),
    ):
        assert send_at_once(app, email, [(path, data)] * 4) == [302] * 4
    with app.app_context():
        for table, rows in ((Comment, 1), (Evidence, 1), (Milestone, 2)):
            assert len(db.session.scalars(select(table)).all()) == rows
