"""Version 0023: what officials record for a partnership has its table, and goes on the way back with its emails."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt
from tests.migrations.rows import MILESTONE, PERSON

MESSAGE = (
    "INSERT INTO messages (id, identity, message_id, kind, recipient, subject, state, attempts, queued_at, ready_at, "
    "rendered_on, trouble, receipt, ended_why) VALUES ({id}, 'm{id}', '<m{id}@example.test>', '{kind}', "
    "'a@example.test', 'S', 'queued', 0, '2026-11-30 09:00:00', '2026-11-30 09:00:00', '2026-11-30', '', '', '')"
)
ACT = (
    "INSERT INTO acts_on_behalf (milestone_id, what, recorded_by_id, recorded_at) "
    "VALUES (7, '{}', 1, '2026-11-30 09:00:00')"
)


def test_acts_and_their_emails_go_on_the_way_back_and_other_emails_stay(empty_app: Flask, stands_at: StandsAt) -> None:
    stands_at("0022")
    run = db.session.execute
    run(text(PERSON))
    run(text(MILESTONE.format(id=7, key="plan-7", kind="plan", state="not-started")))
    run(text(MESSAGE.format(id=1, kind="digest")))
    db.session.commit()
    with pytest.raises(DBAPIError):
        run(text(MESSAGE.format(id=2, kind="on-behalf")))
    db.session.rollback()
    db.session.remove()
    upgrade(revision="0023")
    run(text(MESSAGE.format(id=2, kind="on-behalf")))
    run(text(ACT.format("published")))
    db.session.commit()
    with pytest.raises(DBAPIError):
        run(text(ACT.format("something")))
    db.session.rollback()
    db.session.remove()
    downgrade(revision="0022")
    assert db.session.scalars(text("SELECT id FROM messages")).all() == [1]
    db.session.remove()
    upgrade(revision="0023")
    assert db.session.scalars(text("SELECT id FROM acts_on_behalf")).all() == []
