"""Version 0024: a decision says whether a lead recorded it and who disputes it, and goes back as an ordinary one."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cycle_tracker.core.extensions import db
from tests.migrations.conftest import StandsAt
from tests.migrations.rows import MILESTONE, PERSON
from tests.migrations.test_0023_acts_on_behalf import MESSAGE

ESCALATION = (
    "INSERT INTO escalations (id, milestone_id, due_on, rung, audience, fell_due_on, opened_at, raised_why) "
    "VALUES (3, 7, '2026-06-30', 14, 'governance-group', '2026-07-14', '2026-07-14 09:00:00', '')"
)
DECISION = (
    "INSERT INTO decisions (id, escalation_id, outcome, text, referred_to, minute, recorded_by_id, recorded_at) "
    "VALUES (1, 3, 'new-date', 'Why', '', '4.2', 1, '2026-09-01 09:00:00')"
)
CHANGE = (
    "INSERT INTO date_changes (id, milestone_id, kind, new_due_on, reason, shared, noted_by_id, noted_at, "
    "declined_why) VALUES ({id}, 7, 'expected', '2026-10-30', 'Why', true, 1, '2026-09-01 09:00:00', '')"
)


def test_a_disputed_decision_goes_back_as_an_ordinary_one_and_its_date_as_declined(
    empty_app: Flask, stands_at: StandsAt
) -> None:
    stands_at("0023")
    run = db.session.execute
    for statement in (PERSON, MILESTONE.format(id=7, key="plan-7", kind="plan", state="not-started"), ESCALATION):
        run(text(statement))
    for statement in (DECISION, CHANGE.format(id=1), CHANGE.format(id=2), MESSAGE.format(id=1, kind="digest")):
        run(text(statement))
    db.session.commit()
    with pytest.raises(DBAPIError):
        run(text(MESSAGE.format(id=2, kind="group")))
    db.session.rollback()
    db.session.remove()
    upgrade(revision="0024")
    assert run(text("SELECT by_lead, chair_id, disputed_at, dispute FROM decisions")).all() == [(0, None, None, "")]
    run(text("UPDATE decisions SET by_lead = true, disputed_by_id = 1, disputed_at = recorded_at, dispute = 'No'"))
    run(text("INSERT INTO groups (id, name) VALUES (5, 'Group')"))
    run(text("INSERT INTO meetings (id, group_id, held_on, title, minutes) VALUES (6, 5, '2026-09-24', '', '')"))
    run(text("UPDATE meetings SET papers_on = '2026-09-17', asked_before_at = '2026-09-17 07:00:00'"))
    run(text("UPDATE escalations SET meeting_id = 6, reply_by = '2026-09-24'"))
    run(text("UPDATE date_changes SET undone_at = '2026-09-02 09:00:00' WHERE id = 2"))
    run(text(MESSAGE.format(id=2, kind="group")))
    db.session.commit()
    db.session.remove()
    downgrade(revision="0023")
    assert db.session.scalars(text("SELECT id FROM messages")).all() == [1]
    assert [str(day) for day in db.session.scalars(text("SELECT reply_by FROM escalations"))] == ["2026-09-24"]
    assert run(text("SELECT minute, recorded_by_id FROM decisions")).all() == [("4.2", 1)]
    noted = text("SELECT id, noted_by_id, declined_by_id FROM date_changes ORDER BY id")
    assert run(noted).all() == [(1, 1, None), (2, None, 1)]
    db.session.remove()
    upgrade(revision="0024")
    assert db.session.scalars(text("SELECT by_lead FROM decisions")).all() == [False]
