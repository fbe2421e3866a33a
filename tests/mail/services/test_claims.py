"""A sender whose lease is over is still at work, and another frees its claim at that moment: neither waits for the
other in a circle. On PostgreSQL, where rows are locked one by one."""

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.mail.rules import Verdict
from cycle_tracker.mail.services.claims import Claim, claim_ready_messages, claims, messages, release_claim
from cycle_tracker.mail.services.lines import SendingLine
from cycle_tracker.mail.services.results import Result, mails_of
from cycle_tracker.mail.smtp import Answer
from tests.mail.services.conftest import ANNA, BEN, queue
from tests.support.days import moment, ticking

DAY = date(2026, 5, 14)
START = moment(DAY)
LEASE = timedelta(seconds=60)


@pytest.fixture
def claim(core_app: Flask) -> Claim:
    """Two mails in the hands of a sender."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time")
    queue(ANNA, BEN)
    taken = claim_ready_messages(START, LEASE, not_after=START, limit=10)
    assert taken is not None
    return taken


def record_one_and_renew(connection: Connection, claim: Claim) -> None:
    first, second = mails_of(connection, claim)
    connection.commit()
    run = cast(Any, SimpleNamespace(turn=nullcontext(), clock=ticking(START), lease=LEASE, door=None))
    answer = Result(first, Answer(Verdict.ACCEPTED, "250 OK"), None)
    SendingLine(run).record_and_renew(connection, claim, answer, second)


def release(_: Connection, claim: Claim) -> None:
    release_claim(claim)


@pytest.mark.parametrize("does", [record_one_and_renew, release])
def test_a_sender_and_whoever_frees_its_claim_never_wait_for_each_other(
    core_app: Flask, claim: Claim, does: Callable[[Connection, Claim], None]
) -> None:
    troubles: list[Exception] = []

    def work() -> None:
        with core_app.app_context(), db.engine.connect() as connection:
            try:
                does(connection, claim)
            except Exception as trouble:
                troubles.append(trouble)
            db.session.remove()

    with db.engine.connect() as finder:
        finder.execute(select(claims.c.id).where(claims.c.id == claim.id).with_for_update())
        sender = threading.Thread(target=work)
        sender.start()
        _wait_until_somebody_waits()
        finder.execute(
            update(messages).where(messages.c.claim_id == claim.id).values(state=MessageState.QUEUED, claim_id=None)
        )
        finder.execute(claims.delete().where(claims.c.id == claim.id))
        finder.commit()
        sender.join(timeout=30)
    assert not sender.is_alive()
    assert troubles == []


def _wait_until_somebody_waits() -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    patience = time.monotonic() + 20
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watch:
        while not watch.scalar(waiting):
            assert time.monotonic() < patience, "nobody waits"
            time.sleep(0.02)
