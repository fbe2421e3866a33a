"""The hash chain over the audit events: what shows that one was changed or taken out below the database."""

from datetime import datetime

from sqlalchemy import DDL, ForeignKey, String, event
from sqlalchemy.orm import Mapped, mapped_column

from cycle_tracker.models.base import Base, UtcDateTime


class AuditSeal(Base):
    """The seal of one event: a hash over the seal before it and everything the event says. Numbered without gaps."""

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_events.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)


# As for the events: see `audit_event.py`. A seal would replace another by its number or by its event.
REFUSALS = {
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

for _dialect, _statements in REFUSALS.items():
    for _statement in _statements:
        event.listen(
            AuditSeal.__table__,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),
        )
