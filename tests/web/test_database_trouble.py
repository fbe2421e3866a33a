"""PostgreSQL closes its lines, or only reads for a while: pages go on where they can, and say so where they cannot."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from cycle_tracker.core.extensions import db
from cycle_tracker.core.roles import Role
from cycle_tracker.models.milestone import Milestone
from tests.conftest import Database
from tests.factories import make_milestone, make_partnership, make_user
from tests.support.visits import give_password, visit_as

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

STEP = "/partnerships/moray/milestones/2026-29.draft-plan"
# Waits until each is gone: a line whose end is still to come is found closed only by who uses it.
END_ALL = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
ONLY_READS = """
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {}', current_database()); END $$
"""


@pytest.fixture
def email(app: Flask) -> str:
    with app.app_context():
        moray = make_partnership("moray")
        make_milestone(moray, key="2026-29.draft-plan")
        return give_password(make_user("Ailsa Grant", role=Role.LEAD, partnership=moray))


def command_server(database: Database, statement: str) -> None:
    options = "-c default_transaction_read_only=off"
    with psycopg.connect(database.url, autocommit=True, options=options) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def only_reads(app: Flask, database: Database, email: str) -> Iterator[None]:
    """A server that takes no changes, as one that waits to take over for another."""

    def change(statement: str) -> None:
        command_server(database, statement)
        command_server(database, END_ALL)

    change(ONLY_READS.format("on"))
    yield
    change(ONLY_READS.format("off"))


def test_a_page_is_there_although_every_line_was_closed(app: Flask, database: Database, email: str) -> None:
    client = visit_as(app, email)
    for _ in range(3):
        assert client.get("/").status_code == 200
        command_server(database, END_ALL)
    assert client.get("/").status_code == 200


def test_a_change_is_saved_although_every_line_was_closed(app: Flask, database: Database, email: str) -> None:
    client = visit_as(app, email)
    assert client.get(STEP).status_code == 200
    command_server(database, END_ALL)
    assert client.post(f"{STEP}/start", data={"version": version(app)}).status_code == 302


def version(app: Flask) -> str:
    with app.app_context():
        return str(db.session.scalars(select(Milestone.version)).one())


def test_who_is_signed_in_reads_on_while_it_only_reads_and_is_asked_to_save_later(
    app: Flask, email: str, morning: time_machine.Traveller, request: pytest.FixtureRequest
) -> None:
    client = visit_as(app, email)
    request.getfixturevalue("only_reads")
    assert client.get("/").status_code == 200
    morning.shift(timedelta(minutes=5))  # long enough for a note that the sign-in is in use
    assert client.get("/").status_code == 200
    answer = client.post(f"{STEP}/start", data={"version": version(app)})
    assert answer.status_code == 503
    assert app.test_client().post("/sign-in", data={"email": email, "password": "wrong"}).status_code == 503
    assert app.test_client().get("/register").status_code == 200
