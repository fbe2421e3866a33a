"""Keeping notices true when a milestone changes: superseding what was said of the old date, and starting afresh."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from cycle_tracker.core.extensions import db
from cycle_tracker.models import Ending, Escalation, Milestone, Notice, Resolution
from cycle_tracker.partnerships.queries.calendars import calendar_of, calendars_of
from cycle_tracker.reminders.queries.deadlines import deadline_of, policies_now, policy_of
from cycle_tracker.reminders.rules.reminders import first_notice_on
from cycle_tracker.reminders.services.assignments import tell_again, waiting_assignment, waiting_assignments

FINISHED = "it was done or closed before the email was written"
CHUNK = 1_000
"""So many milestones in one statement."""


@dataclass(frozen=True)
class _Ending:
    """What ends the notices of a milestone: a new start, or a stop."""

    milestone: Milestone
    resolution: Resolution
    starts_afresh: bool


_together: ContextVar[list[_Ending] | None] = ContextVar("notices_together", default=None)


@contextmanager
def notices_together(now: datetime) -> Iterator[None]:
    """While this lasts, what changes of milestones write is kept back, and the notices that they end are noted. At its
    end all is written together, in statements that do not grow with the milestones. For what changes thousands."""
    endings: list[_Ending] = []
    token = _together.set(endings)
    try:
        yield
    finally:
        _together.reset(token)
    db.session.flush()
    by_milestone: dict[int, list[_Ending]] = defaultdict(list)
    for ending in endings:
        by_milestone[ending.milestone.id].append(ending)
    groups = list(by_milestone.values())
    for start in range(0, len(groups), CHUNK):
        _end_all(groups[start : start + CHUNK], now=now)


def flush_unless_together() -> None:
    """Write what changed; while notices are ended together, that is left for the end."""
    if _together.get() is None:
        db.session.flush()


def start_notices(milestone: Milestone) -> None:
    """Set the bookmark to the first day on which anything about this milestone may be told."""
    notify_from = milestone.partnership.notify_from if milestone.partnership else None
    deadline = deadline_of(milestone, notify_from=notify_from, calendar=calendar_of(milestone.partnership_id))
    milestone.next_notice_on = first_notice_on(deadline, policy_of(milestone))


def restart_notices(milestone: Milestone, *, resolution: Resolution, now: datetime) -> None:
    """After a new date or a re-opening: every notice so far is superseded, sent ones too, every escalation is
    resolved, and the latest step that is already due will be told once at the next run. An owner who was still to be
    told that it is theirs is told so with the new date."""
    if _is_noted(milestone, resolution, starts_afresh=True):
        return
    assignment = waiting_assignment(milestone)
    _supersede(milestone, why=f"{resolution.value} on {now:%Y-%m-%d}", now=now)
    resolve_escalations(milestone, resolution=resolution, now=now)
    start_notices(milestone)
    if assignment is not None:
        tell_again(assignment, milestone, now=now)


def stop_notices(milestone: Milestone, *, resolution: Resolution, now: datetime) -> None:
    """After it is finished: nothing more is told. What waits for a mail is withdrawn; what was sent stays as sent."""
    if _is_noted(milestone, resolution, starts_afresh=False):
        milestone.next_notice_on = None
        return
    db.session.execute(
        update(Notice)
        .where(Notice.milestone_id == milestone.id, Notice.message_id.is_(None), Notice.ended_at.is_(None))
        .values(ended_at=now, ending=Ending.WITHDRAWN, ended_why=FINISHED)
    )
    resolve_escalations(milestone, resolution=resolution, now=now)
    milestone.next_notice_on = None


def resolve_escalations(milestone: Milestone, *, resolution: Resolution, now: datetime) -> None:
    """Close every open escalation of the milestone, saying what ended it."""
    db.session.execute(
        update(Escalation)
        .where(Escalation.milestone_id == milestone.id, Escalation.resolved_at.is_(None))
        .values(resolved_at=now, resolution=resolution)
    )


def _supersede(milestone: Milestone, *, why: str, now: datetime) -> None:
    db.session.execute(
        update(Notice)
        .where(Notice.milestone_id == milestone.id, Notice.ended_at.is_(None))
        .values(ended_at=now, ending=Ending.SUPERSEDED, ended_why=why)
    )


def _is_noted(milestone: Milestone, resolution: Resolution, *, starts_afresh: bool) -> bool:
    """Note what ends the notices of a milestone where they are ended together; False where they are not."""
    endings = _together.get()
    if endings is None:
        return False
    endings.append(_Ending(milestone, resolution, starts_afresh))
    return True


def _end_all(groups: Sequence[Sequence[_Ending]], *, now: datetime) -> None:
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
    going_on = [group[-1].milestone for group in restarted if group[-1].starts_afresh]
    calendars = calendars_of({one.partnership_id for one in going_on})
    policies = policies_now()
    for milestone in going_on:
        notify_from = milestone.partnership.notify_from if milestone.partnership else None
        deadline = deadline_of(milestone, notify_from=notify_from, calendar=calendars[milestone.partnership_id])
        milestone.next_notice_on = first_notice_on(deadline, policies.of(milestone))
        if milestone.id in assigned:
            tell_again(assigned[milestone.id], milestone, now=now)
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
