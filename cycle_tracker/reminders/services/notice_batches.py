"""Changing thousands of milestones in one go: the notices that end are noted first, and written together at the end."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from cycle_tracker.core.clock import london_day
from cycle_tracker.core.extensions import db
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.partnerships.queries.calendars import calendars_of
from cycle_tracker.reminders.queries.deadlines import deadline_of, policies_now
from cycle_tracker.reminders.rules.reminders import first_notice_on
from cycle_tracker.reminders.services.assignments import notify_again, waiting_assignments
from cycle_tracker.reminders.services.bookmarks import ask_what_follows

FINISHED = "it was done or closed before the email was written"
# So many milestones in one statement.
CHUNK = 1_000


@dataclass(frozen=True)
class _NoticeEnding:
    """What ends the notices of a milestone: a new start, or a stop."""

    milestone: Milestone
    resolution: Resolution
    starts_afresh: bool


class NoticeBatch:
    """The notices that the changes of one import end. Whoever makes the changes hands the batch to each of them, which
    then writes nothing itself, and calls `write` after the last one: the number of statements does not grow with the
    number of milestones."""

    def __init__(self) -> None:
        self._endings: dict[int, list[_NoticeEnding]] = defaultdict(list)

    def note_restart(self, milestone: Milestone, resolution: Resolution) -> None:
        """Note that the notices of this milestone start afresh."""
        self._endings[milestone.id].append(_NoticeEnding(milestone, resolution, starts_afresh=True))

    def note_stop(self, milestone: Milestone, resolution: Resolution) -> None:
        """Note that the notices of this milestone stop."""
        self._endings[milestone.id].append(_NoticeEnding(milestone, resolution, starts_afresh=False))

    def write(self, *, now: datetime) -> None:
        """Write the changes to the milestones, and what they end."""
        db.session.flush()
        groups = list(self._endings.values())
        for start in range(0, len(groups), CHUNK):
            _end_all(groups[start : start + CHUNK], now=now)
        self._endings.clear()


def _end_all(groups: Sequence[Sequence[_NoticeEnding]], *, now: datetime) -> None:
    """What `restart_notices` and `stop_notices` do, for what happened to each of these milestones in its order. One
    new start supersedes everything; the last thing that happened says whether notices go on."""
    restarted = [group for group in groups if any(ending.starts_afresh for ending in group)]
    stopped = [group for group in groups if not any(ending.starts_afresh for ending in group)]
    assigned = waiting_assignments([group[0].milestone for group in restarted])
    for resolution in Resolution:
        first = [group[0].milestone.id for group in groups if group[0].resolution is resolution]
        superseded = [group[0].milestone.id for group in restarted if group[0].resolution is resolution]
        _end_notices(superseded, Ending.SUPERSEDED, f"{resolution.value} on {now:%Y-%m-%d}", now=now)
        _resolve(first, resolution, now=now)
    withdrawn = [group[0].milestone.id for group in stopped]
    _end_notices(withdrawn, Ending.WITHDRAWN, FINISHED, now=now, waiting_only=True)
    ask_what_follows([group[0].milestone.id for group in groups], london_day(now))
    going_on = [group[-1].milestone for group in restarted if group[-1].starts_afresh]
    calendars = calendars_of({one.partnership_id for one in going_on})
    policies = policies_now()
    for milestone in going_on:
        deadline = deadline_of(
            milestone, notify_from=milestone.notify_from, calendar=calendars[milestone.partnership_id]
        )
        milestone.next_notice_on = first_notice_on(deadline, policies.of(milestone))
        if milestone.id in assigned:
            notify_again(assigned[milestone.id], milestone, now=now)
    db.session.flush()


def _end_notices(
    milestone_ids: Collection[int], ending: Ending, why: str, *, now: datetime, waiting_only: bool = False
) -> None:
    if not milestone_ids:
        return
    statement = update(Notice).where(Notice.milestone_id.in_(milestone_ids), Notice.ended_at.is_(None))
    if waiting_only:
        statement = statement.where(Notice.message_id.is_(None))
    db.session.execute(
        statement.values(ended_at=now, ending=ending, ended_why=why).execution_options(synchronize_session=False)
    )


def _resolve(milestone_ids: Collection[int], resolution: Resolution, *, now: datetime) -> None:
    if milestone_ids:
        db.session.execute(
            update(Escalation)
            .where(Escalation.milestone_id.in_(milestone_ids), Escalation.resolved_at.is_(None))
            .values(resolved_at=now, resolution=resolution)
            .execution_options(synchronize_session=False)
        )
