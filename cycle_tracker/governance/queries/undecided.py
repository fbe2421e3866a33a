"""Which groups have something undecided and no meeting to come. The morning's job asks it each day and loads nothing of
governance unless something waits."""

from datetime import date, timedelta

from sqlalchemy import Date, bindparam, case, column, exists, func, or_, select, table

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.reminders.rules.steps import UNDECIDED

# So often a group that has not decided, and has entered no meeting to come, is reminded.
UNDECIDED_EVERY = timedelta(days=28)
_ESCALATIONS = table(
    "escalations",
    column("milestone_id"),
    column("audience"),
    column("fell_due_on"),
    column("resolved_at"),
    column("decided_at"),
    column("reply_by"),
)
_MILESTONES = table("milestones", column("id"), column("partnership_id"))
_GROUPS = table("groups", column("id"), column("partnership_id"))
_MEETINGS = table("meetings", column("group_id"), column("held_on"))
_NOTICES = table("notices", column("milestone_id"), column("step"), column("queued_on"), column("ended_at"))
_TODAY, _SINCE = bindparam("today", type_=Date), bindparam("since", type_=Date)


def list_undecided(today: date) -> list[int]:
    """The partnerships whose group is to be reminded today of all that waits for its decision: the oldest has waited 28
    days or longer, no meeting from today on is entered, and no such reminder went in the 28 days before. What is
    acknowledged until a later day waits for that. By id; in one statement."""
    days = {"today": today, "since": today - UNDECIDED_EVERY}
    return sorted(db.session.scalars(_UNDECIDED, days))


_has_meeting = exists().where(
    _GROUPS.c.partnership_id == _MILESTONES.c.partnership_id,
    _MEETINGS.c.group_id == _GROUPS.c.id,
    _MEETINGS.c.held_on >= _TODAY,
)
_was_reminded = exists().where(
    _NOTICES.c.milestone_id == _MILESTONES.c.id,
    _NOTICES.c.ended_at.is_(None),
    _NOTICES.c.step.like(f"{UNDECIDED}%"),
    _NOTICES.c.queued_on > _SINCE,
)
_UNDECIDED = (
    select(_MILESTONES.c.partnership_id)
    .select_from(_ESCALATIONS.join(_MILESTONES, _MILESTONES.c.id == _ESCALATIONS.c.milestone_id))
    .where(
        _ESCALATIONS.c.audience.in_([Audience.CHAIR.value, Audience.GOVERNANCE.value]),
        _ESCALATIONS.c.resolved_at.is_(None),
        _ESCALATIONS.c.decided_at.is_(None),
        or_(_ESCALATIONS.c.reply_by.is_(None), _ESCALATIONS.c.reply_by < _TODAY),
        _MILESTONES.c.partnership_id.is_not(None),
        ~_has_meeting,
    )
    .group_by(_MILESTONES.c.partnership_id)
    .having(func.min(_ESCALATIONS.c.fell_due_on) <= _SINCE, func.max(case((_was_reminded, 1), else_=0)) == 0)
)
