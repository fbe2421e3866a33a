"""Writing down who changed what, in the transaction of the change."""

from datetime import date, datetime
from enum import Enum
from typing import Any

from cycle_tracker.extensions import db
from cycle_tracker.models import AuditEvent, Milestone, User


def record(
    subject: str,
    subject_id: int,
    action: str,
    *,
    by: User | None,
    at: datetime,
    partnership_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Add one event. `action` is a past tense (`finished`, `date-moved`); with nobody in `by`, the service did it."""
    db.session.add(
        AuditEvent(
            at=at,
            actor_id=by.id if by else None,
            partnership_id=partnership_id,
            subject=subject,
            subject_id=subject_id,
            action=action,
            before=_plain(before),
            after=_plain(after),
            reason=reason,
        )
    )


def record_milestone(
    milestone: Milestone,
    action: str,
    *,
    by: User | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Add an event about a milestone."""
    record(
        "milestone",
        milestone.id,
        action,
        by=by,
        at=at,
        partnership_id=milestone.partnership_id,
        before=before,
        after=after,
        reason=reason,
    )


def _plain(values: dict[str, Any] | None) -> dict[str, Any]:
    """Values as JSON has them: days as ISO dates, enumerations as their words."""
    return {name: _plain_value(value) for name, value in (values or {}).items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
