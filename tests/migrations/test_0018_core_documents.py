"""Revision 0018 carries cycles and partnerships over, and nobody is emailed about what the upgrade brings."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from cycle_tracker.core.extensions import db
from cycle_tracker.reminders.services.reminders import queue_due_notices
from tests.migrations.before_facts import Before, day_ago, utc_today
from tests.migrations.conftest import StandsAt

pytestmark = pytest.mark.in_full

COUNTS = "SELECT (SELECT count(*) FROM milestones), (SELECT count(*) FROM cycles), (SELECT count(*) FROM notices)"
# An email that was not sent yet, and one that was; and in each what was also to be told of milestone 41.
OUTBOX = (
    "INSERT INTO messages (id, identity, message_id, kind, recipient, user_id, subject, state, attempts, rendered_on, "
    "queued_at, ready_at, trouble, receipt, ended_why) SELECT id, slug, slug, 'digest', 'lead@example.test', 1, '', "
    "CASE id WHEN 1 THEN 'queued' ELSE 'sent' END, 0, '2026-05-01', '2026-05-01 06:00:00', '2026-05-01 06:00:00', "
    "'', '', '' FROM partnerships WHERE id < 3",
    "INSERT INTO notices (message_id, step, milestone_id, due_on, addressee, user_id, audience, overtook, policy, "
    "at_once, unreachable, queued_on, queued_at, ended_why) SELECT m.id, 'overdue-' || m.id, n.milestone_id, n.due_on, "
    "n.addressee, n.user_id, audience, overtook, policy, at_once, unreachable, queued_on, n.queued_at, n.ended_why "
    "FROM notices n, messages m WHERE n.milestone_id = 41",
)


def before_0018(stands_at: StandsAt) -> None:
    """A cycle with its event in the audit, one without, one that holds the past alone, and a partnership that has not
    joined, of which somebody was to be told."""
    stands_at("0009")
    before = Before()
    for number, slug in enumerate(("moray", "fife", "highland", "falkirk"), 1):
        before.place(number, slug)
    before.run(
        "INSERT INTO audit_events (at, subject, subject_id, action, before, after, reason) VALUES "
        "('2024-05-02 23:30:00', 'cycle', 1, 'opened', '{}', '{}', ''), "
        "('2024-05-09 10:00:00', 'cycle', 3, 'opened-for-history', '{}', '{}', '')",
        "DELETE FROM milestones WHERE cycle_id = 3 AND kind = 'step'",
        "UPDATE partnerships SET notify_from = NULL WHERE id = 4",
        "INSERT INTO role_grants (user_id, role, scope) VALUES (1, 'lead', 'national')",
        "INSERT INTO notices (milestone_id, due_on, step, addressee, user_id, audience, overtook, policy, at_once, "  # noqa: S608  words of our own
        f"unreachable, queued_on, queued_at, ended_why) VALUES (41, '{day_ago(200)}', 'overdue-190', 'user:1', 1, "
        f"'owner', '[]', '', false, false, '{day_ago(10)}', '2026-05-01 06:00:00', '')",
        "INSERT INTO escalations (milestone_id, due_on, rung, audience, fell_due_on, opened_at, reply_by, raised_why) "  # noqa: S608  words of our own
        f"VALUES (41, '{day_ago(200)}', 14, 'governance-group', '{day_ago(186)}', '2026-05-01 06:00:00', NULL, '')",
    )
    db.session.commit()
    db.session.remove()
    upgrade(revision="0017")
    db.session.execute(
        text("UPDATE milestones SET state = 'done', done_on = due_on, next_notice_on = NULL WHERE partnership_id < 4")
    )
    for statement in OUTBOX:
        db.session.execute(text(statement))
    if db.engine.dialect.name == "postgresql":  # whose numbers were given by hand
        for table in ("organisations", "partnerships", "template_editions", "cycles", "milestones"):
            db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1000)"))
    db.session.commit()
    db.session.remove()


def opened() -> dict[str, str | None]:
    rows = db.session.execute(
        text("SELECT slug, opened_on FROM cycles JOIN partnerships p ON p.id = partnership_id WHERE cycles.id < 5")
    ).all()
    db.session.rollback()
    return {row.slug: str(row.opened_on) if row.opened_on else None for row in rows}


def test_cycles_learn_when_they_were_opened_and_nothing_is_lost_on_the_way_back(
    empty_app: Flask, stands_at: StandsAt
) -> None:
    before_0018(stands_at)
    there = tuple(db.session.execute(text(COUNTS)).one())
    db.session.remove()
    upgrade()
    assert opened() == {"moray": "2024-05-03", "fife": "2024-04-01", "highland": None, "falkirk": "2024-04-01"}
    told = text("SELECT message_id, ending, ended_why FROM notices WHERE milestone_id = 41 ORDER BY id")
    withdrawn = ("withdrawn", "the partnership has not joined")
    assert [tuple(row) for row in db.session.execute(told)] == [(None, *withdrawn), (1, *withdrawn), (2, None, "")]
    resolved = text("SELECT resolution FROM escalations WHERE milestone_id = 41")
    assert db.session.scalar(resolved) == "closed"
    db.session.remove()
    downgrade(revision="0017")
    assert tuple(db.session.execute(text(COUNTS)).one()) == there
    db.session.remove()
    upgrade()
    assert opened()["moray"] == "2024-05-03"


def test_the_documents_that_come_after_the_upgrade_are_told_to_nobody(empty_app: Flask, stands_at: StandsAt) -> None:
    before_0018(stands_at)
    upgrade()
    made = empty_app.test_cli_runner().invoke(args=["load-reference"])
    assert made.exit_code == 0, made.output
    assert db.session.scalar(text("SELECT count(DISTINCT partnership_id) FROM milestones WHERE kind = 'plan'")) == 30
    stand_ins = db.session.scalar(text("SELECT count(*) FROM notices"))
    db.session.rollback()
    today = utc_today()
    for ahead in range(0, 60, 4):
        day = today + timedelta(days=ahead)
        assert queue_due_notices(day, datetime.combine(day, time(7), UTC)).skipped == 0
    past = "SELECT count(*) FROM notices JOIN milestones m ON m.id = milestone_id WHERE m.due_on < :today"
    assert db.session.scalar(text(past), {"today": today}) == stand_ins
    raised = "SELECT count(*) FROM escalations e JOIN milestones m ON m.id = milestone_id WHERE m.due_on < :today"
    assert db.session.scalar(text(raised), {"today": today}) == 1, "that which was there before"
    db.session.remove()
    downgrade(revision="0017")
    assert db.session.scalar(text("SELECT count(*) FROM cycles")) > 30 * 3
