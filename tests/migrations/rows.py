"""Rows that several migrations are tried with, and what a database says of itself."""

from sqlalchemy import text

from cycle_tracker.core.extensions import db

MILESTONE = (
    "INSERT INTO milestones (id, key, kind, title, evidence_asked, duty_basis, duty_citation, date_basis, "
    "date_citation, date_rule, expected_date, state, reason, entered_on, version) VALUES ({id}, '{key}', "
    "'{kind}', 'Title', '', 'practice', '', 'local', '', '', false, '{state}', '', '2026-04-01', 1)"
)
PERSON = (
    "INSERT INTO users (id, email, name, active, fs_uniquifier, rhythm, weekday, kind, reminds_before) "
    "VALUES (1, 'iain@example.org', 'Iain Bell', true, 'x', 'daily', 0, 'person', true)"
)
DECISION = (
    "INSERT INTO approvals (id, milestone_id, organisation_id, manner, made_by, approved_on, meeting, minute, "
    "on_behalf, recorded_by_id, recorded_at) VALUES ({id}, 1, {id}, '{manner}', 'Board', '2026-03-10', '', '12', "
    "false, 1, '2026-03-11 09:00:00')"
)


def triggers() -> dict[str, str]:
    """Every trigger by its name, with the words that make it and its function."""
    statement = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        if db.engine.dialect.name == "sqlite"
        else "SELECT tgname, pg_get_triggerdef(pg_trigger.oid) || prosrc || tgenabled::text "
        "FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal"
    )
    found = db.session.execute(text(statement)).all()
    db.session.rollback()
    return {row[0]: row[1] for row in found}
