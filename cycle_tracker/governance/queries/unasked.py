"""Whether the clerk of any group may have to be asked about a meeting. The morning's job asks it each day and loads
nothing of governance unless something waits."""

from datetime import date

from sqlalchemy import Date, bindparam, column, or_, select, table

from cycle_tracker.core.extensions import db

_MEETINGS = table("meetings", column("id"), column("held_on"), column("asked_before_at"), column("asked_after_at"))
_ESCALATIONS = table("escalations", column("meeting_id"), column("resolved_at"), column("decided_at"))
_TODAY = bindparam("today", type_=Date)
_UNASKED = (
    select(_MEETINGS.c.id)
    .join(_ESCALATIONS, _ESCALATIONS.c.meeting_id == _MEETINGS.c.id)
    .where(
        _ESCALATIONS.c.meeting_id.is_not(None),
        _ESCALATIONS.c.resolved_at.is_(None),
        _ESCALATIONS.c.decided_at.is_(None),
        or_(
            _MEETINGS.c.asked_before_at.is_(None) & (_MEETINGS.c.held_on >= _TODAY),
            _MEETINGS.c.asked_after_at.is_(None) & (_MEETINGS.c.held_on < _TODAY),
        ),
    )
    .distinct()
)


def list_unasked(today: date) -> list[int]:
    """The meetings with something undecided on their agenda about which no clerk was asked: before it, for one to come,
    and after it, for one that is over. By id."""
    return sorted(db.session.scalars(_UNASKED, {"today": today}))
