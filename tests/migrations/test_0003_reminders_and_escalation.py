"""Decisions become rows of their own, in the versions up to 0003."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from cycle_tracker.core.extensions import db
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.user import SignInAttempt, TryKind

pytestmark = pytest.mark.in_full


def test_a_decision_that_stood_on_its_escalation_becomes_a_row_and_comes_back(empty_app: Flask) -> None:
    upgrade(revision="0001")
    for statement in (
        "INSERT INTO users (id, email, name, active, fs_uniquifier, rhythm, weekday) "
        "VALUES (1, 'iain@example.org', 'Iain Bell', true, 'x', 'daily', 0)",
        "INSERT INTO sign_in_attempts (account, address, at) VALUES ('hash', '127.0.0.1', '2026-06-30 09:00:00')",
        "INSERT INTO milestones (id, key, kind, title, evidence_asked, duty_basis, duty_citation, date_basis, "
        "date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES (1, 'national', 'step', "
        "'National overview', '', 'practice', '', 'local', '', '', false, 'not-started', '', '2026-04-01', 1)",
        "INSERT INTO escalations (id, milestone_id, due_on, rung, audience, fell_due_on, opened_at, resolved_at, "
        "resolution, decided_by_id, decision) VALUES (1, 1, '2026-06-30', 14, 'governance-group', '2026-07-14', "
        "'2026-07-14 06:00:00', '2026-09-01 10:00:00', 'new-date', 1, 'New expected date 30 September 2026')",
    ):
        db.session.execute(text(statement))
    db.session.commit()
    upgrade()
    (decision,) = db.session.scalars(select(Decision)).all()
    assert (decision.escalation_id, decision.outcome, decision.text, decision.made_by_id, decision.recorded_by_id) == (
        1,
        DecisionOutcome.NEW_DATE,
        "New expected date 30 September 2026",
        1,
        1,
    )
    assert db.session.scalars(select(SignInAttempt.kind)).all() == [TryKind.GUESS]
    assert decision.escalation.decided_at == decision.recorded_at == datetime(2026, 9, 1, 10, tzinfo=UTC)
    db.session.remove()
    downgrade(revision="0001")
    assert db.session.execute(text("SELECT decided_by_id, decision FROM escalations")).one() == (
        1,
        "New expected date 30 September 2026",
    )
