"""The audit refuses what would replace a row of it: on SQLite, REPLACE fires no trigger of DELETE by itself.

Revision 0005, after 0004. PostgreSQL has no statement that replaces a row without an UPDATE or a DELETE.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REFUSALS = {
    "audit_events_refuse_replace": "CREATE TRIGGER audit_events_refuse_replace BEFORE INSERT ON audit_events WHEN EXISTS (SELECT 1 FROM audit_events WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'audit events are never replaced'); END",
    "audit_seals_refuse_replace": "CREATE TRIGGER audit_seals_refuse_replace BEFORE INSERT ON audit_seals WHEN EXISTS (SELECT 1 FROM audit_seals WHERE number = NEW.number OR event_id = NEW.event_id) BEGIN SELECT RAISE(ABORT, 'audit seals are never replaced'); END",
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in REFUSALS.values():
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in REFUSALS:
            op.execute(f"DROP TRIGGER {name}")
