"""Who changed what, when and why, and the hash chain over it.

Rows are added and never changed, removed or replaced: triggers refuse all three.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.models.base import Base, UtcDateTime


class AuditEvent(Base):
    """One change, written in the same transaction. People are numbers here, so that a name can be erased.

    `subject` and `subject_id` name the row that changed, `before` and `after` the fields that did.
    """

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_subject", "subject", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    partnership_id: Mapped[int | None] = mapped_column(ForeignKey("partnerships.id"), index=True)
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(60))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")


# SQLite's REPLACE removes the row in its way and fires no trigger for that, unless `recursive_triggers` is on, which is
# a matter of the connection. So a known id is refused before it comes to that. On PostgreSQL nothing replaces a row
# without an UPDATE or DELETE, and the primary key refuses a known id.
EVENT_REFUSALS = {
    "sqlite": [
        "CREATE TRIGGER audit_events_refuse_update BEFORE UPDATE ON audit_events "
        "BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END",
        "CREATE TRIGGER audit_events_refuse_delete BEFORE DELETE ON audit_events "
        "BEGIN SELECT RAISE(ABORT, 'audit events are never removed'); END",
        "CREATE TRIGGER audit_events_refuse_replace BEFORE INSERT ON audit_events "
        "WHEN EXISTS (SELECT 1 FROM audit_events WHERE id = NEW.id) "
        "BEGIN SELECT RAISE(ABORT, 'audit events are never replaced'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_events_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit events are never changed or removed'; END $$",
        "CREATE TRIGGER audit_events_refuse_update BEFORE UPDATE OR DELETE ON audit_events "
        "FOR EACH ROW EXECUTE FUNCTION audit_events_refuse()",
        "CREATE TRIGGER audit_events_refuse_truncate BEFORE TRUNCATE ON audit_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_events_refuse()",
    ],
}

for _dialect, _statements in EVENT_REFUSALS.items():
    for _statement in _statements:
        event.listen(
            AuditEvent.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )


class AuditSeal(Base):
    """The seal of one event: a hash over the seal before it and everything the event says. Numbered without gaps."""

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_events.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)


# As for the events. A seal would replace another by its number or by its event.
SEAL_REFUSALS = {
    "sqlite": [
        "CREATE TRIGGER audit_seals_refuse_update BEFORE UPDATE ON audit_seals "
        "BEGIN SELECT RAISE(ABORT, 'audit seals are never changed'); END",
        "CREATE TRIGGER audit_seals_refuse_delete BEFORE DELETE ON audit_seals "
        "BEGIN SELECT RAISE(ABORT, 'audit seals are never removed'); END",
        "CREATE TRIGGER audit_seals_refuse_replace BEFORE INSERT ON audit_seals "
        "WHEN EXISTS (SELECT 1 FROM audit_seals WHERE number = NEW.number OR event_id = NEW.event_id) "
        "BEGIN SELECT RAISE(ABORT, 'audit seals are never replaced'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION audit_seals_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit seals are never changed or removed'; END $$",
        "CREATE TRIGGER audit_seals_refuse_update BEFORE UPDATE OR DELETE ON audit_seals "
        "FOR EACH ROW EXECUTE FUNCTION audit_seals_refuse()",
        "CREATE TRIGGER audit_seals_refuse_truncate BEFORE TRUNCATE ON audit_seals "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_seals_refuse()",
    ],
}

for _dialect, _statements in SEAL_REFUSALS.items():
    for _statement in _statements:
        event.listen(
            AuditSeal.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
