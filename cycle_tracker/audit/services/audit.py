"""Writing down who changed what, in the transaction of the change."""

from datetime import date, datetime
from enum import Enum
from typing import Any

from cycle_tracker.audit.queries.deputies import deputies_on
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.core.stand_ins import stood_in_for
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User

# Where a session keeps for whom the people who change something in it stand in.
_STOOD_IN_FOR = "stood_in_for"


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
    """Add an event about a milestone. Of somebody who stands in for its owner, who is away, both are written down: the
    deputy as the actor, and the owner in `for_id`."""
    record(
        "milestone",
        milestone.id,
        action,
        by=by,
        at=at,
        partnership_id=milestone.partnership_id,
        before=before,
        after={**(after or {}), **_for_whom(milestone, by, at)},
        reason=reason,
    )


def forget_who_is_away() -> None:
    """Look up anew who stands in for whom: called where that changes."""
    db.session.info.pop(_STOOD_IN_FOR, None)


def _for_whom(milestone: Milestone, by: User | None, at: datetime) -> dict[str, int]:
    if by is None or milestone.owner_id in {None, by.id}:
        return {}
    found: dict[tuple[int, date], frozenset[int]] = db.session.info.setdefault(_STOOD_IN_FOR, {})
    asked = (by.id, london_day(at))
    if asked not in found:  # once for each session: a change of thousands asks as often as one of one
        found[asked] = stood_in_for(by.id, deputies_on(asked[1]))
    return {"for_id": milestone.owner_id} if milestone.owner_id in found[asked] else {}


def _plain(values: dict[str, Any] | None) -> dict[str, Any]:
    """Values as JSON has them: days as ISO dates, enumerations as their words."""
    return {name: _plain_value(value) for name, value in (values or {}).items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
