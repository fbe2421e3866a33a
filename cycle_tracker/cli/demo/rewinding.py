"""Milestones as they were on the days before the demo's day: set back by what the history says, and played again.

The acts of the demo are told by partnership and not by day, and leave the milestones as they are on the demo's day. To
write the emails of the days before, each change of the last days is undone first, and made again on its own day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import OPEN, State
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.base import table_of
from cycle_tracker.models.escalation import Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice, NoticePolicy
from cycle_tracker.reminders.services.bookmarks import ask_again
from cycle_tracker.reminders.services.notices import restart_notices, stop_notices

DAY = timedelta(days=1)
ADDED, EXPECTED, POLICY_SET = "added", "expected-date-noted", "policy-set"
COLUMNS = ("state", "done_on", "target_on", "due_on", "expected_date", "owner_id")

milestones, policies, notices = table_of(Milestone), table_of(NoticePolicy), table_of(Notice)


@dataclass(frozen=True)
class Change:
    """What became of one milestone at one moment: the columns before it and after it. What was added then was not there
    before."""

    at: datetime
    milestone_id: int
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    is_new: bool = False


class AsItWas:
    """Milestones, notices and policies of the days since `since`, to be played again up to any moment."""

    def __init__(self, since: datetime) -> None:
        changes = list(_changes(since))
        self._changes = iter([*changes, None])
        self._next = next(self._changes)
        self._at_the_end = _columns_of({one.milestone_id for one in changes})
        self._policies = _take(policies, NoticePolicy.in_force_from >= since.date())
        self._notices = sorted(_take(notices, Notice.id > 0), key=lambda row: (row["queued_at"], row["id"]))
        for change in reversed(changes):
            _set(change.milestone_id, **change.before, next_notice_on=None if change.is_new else since.date() - DAY)

    def play_until(self, moment: datetime) -> None:
        """Make again what was changed before this moment. Does not commit."""
        while self._next is not None and self._next.at < moment:
            _play(self._next)
            self._next = next(self._changes)
        for row in [row for row in self._policies if row["in_force_from"] < moment.date()]:
            self._policies.remove(row)
            db.session.execute(insert(policies).values(**row))
            ask_again(milestones.c.partnership_id == row["partnership_id"], row["in_force_from"])
        while self._notices and self._notices[0]["queued_at"] < moment:
            row = self._notices.pop(0)
            del row["id"]
            db.session.execute(insert(notices).values(**{**row, "ended_at": None, "ending": None, "ended_why": ""}))

    def play_to_the_end(self, moment: datetime) -> None:
        """The same for all that is left. Each milestone is then as the demo has it on its day."""
        self.play_until(moment)
        for row in self._at_the_end:
            _set(row.id, **{name: getattr(row, name) for name in COLUMNS})


def _changes(since: datetime) -> Iterator[Change]:
    """The changes of milestones since this moment in the order in which they were made, with the dates that steps got
    from a document on the day on which it was done."""
    events = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject == "milestone", AuditEvent.at >= since)
        .order_by(AuditEvent.at, AuditEvent.id)
    ).all()
    for event in events:
        before, after = _values(event.before), _values(event.after)
        known = before.keys() & after.keys()
        if event.action == EXPECTED:
            before["expected_date"], after["expected_date"] = False, True
            known = known | {"expected_date"}
        if known or event.action == ADDED:
            yield Change(
                event.at,
                event.subject_id,
                {name: before[name] for name in known},
                {name: after[name] for name in known},
                is_new=event.action == ADDED,
            )
        if after.get("state") is State.DONE:
            yield from _dated_by(event)


def _dated_by(event: AuditEvent) -> Iterator[Change]:
    """What gets its date from the milestone that was done, as it is at the end."""
    followers = select(Milestone.id, Milestone.target_on, Milestone.due_on)
    for row in db.session.execute(followers.where(Milestone.follows_id == event.subject_id).order_by(Milestone.id)):
        after = {"target_on": row.target_on, "due_on": row.due_on}
        yield Change(event.at, row.id, dict.fromkeys(after), after)


def _values(said: dict[str, Any] | None) -> dict[str, Any]:
    """What the history says of the columns that are set back."""
    values = {name: value for name, value in (said or {}).items() if name in COLUMNS}
    for name, value in values.items():
        if name.endswith("_on") and value is not None:
            values[name] = date.fromisoformat(value)
        elif name == "state":
            values[name] = State(value)
    return values


def _play(change: Change) -> None:
    """Make a change again, with what follows of it for notices and escalations."""
    _set(change.milestone_id, **change.after)
    milestone = db.session.get_one(Milestone, change.milestone_id, populate_existing=True)
    if milestone.state not in OPEN:
        stop_notices(milestone, resolution=Resolution.DONE, now=change.at)
    elif change.before.get("state") is State.DONE:
        restart_notices(milestone, resolution=Resolution.REOPENED, now=change.at)
    elif change.is_new or change.after.get("due_on") != change.before.get("due_on"):
        restart_notices(milestone, resolution=Resolution.NEW_DATE, now=change.at)
    db.session.flush()


def _set(milestone_id: int, **values: Any) -> None:
    if values:
        db.session.execute(update(milestones).where(milestones.c.id == milestone_id).values(**values))


def _columns_of(milestone_ids: set[int]) -> Sequence[Row[Any]]:
    wanted = [milestones.c.id, *(milestones.c[name] for name in COLUMNS)]
    return db.session.execute(select(*wanted).where(milestones.c.id.in_(milestone_ids))).all()


def _take(table: Any, which: Any) -> list[dict[str, Any]]:
    """The rows that are taken out, to be put back on their day."""
    found = [dict(row) for row in db.session.execute(select(table).where(which).order_by(table.c.id)).mappings()]
    db.session.execute(delete(table).where(table.c.id.in_([row["id"] for row in found])))
    return found
