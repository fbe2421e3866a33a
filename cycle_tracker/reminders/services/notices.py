"""Keeping notices true when a milestone changes: superseding what was said of the old date, and starting afresh."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select, update

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import days_past, is_past
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.services.missing_rows import insert_missing
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.reminders.queries.around import NOBODY
from cycle_tracker.reminders.queries.deadlines import deadline_of, policies_now, policy_of
from cycle_tracker.reminders.rules.policies import Policy
from cycle_tracker.reminders.rules.reminders import first_notice_on
from cycle_tracker.reminders.rules.steps import EXPLAIN, OVERDUE, RUNG
from cycle_tracker.reminders.services.assignments import notify_again, waiting_assignment
from cycle_tracker.reminders.services.bookmarks import ask_what_follows
from cycle_tracker.reminders.services.notice_batches import FINISHED, NoticeBatch


def start_notices(milestone: Milestone) -> None:
    """Set the bookmark to the first day on which anyone may be notified about this milestone."""
    deadline = deadline_of(milestone, notify_from=milestone.notify_from, calendar=calendar_of(milestone.partnership_id))
    milestone.next_notice_on = first_notice_on(deadline, policy_of(milestone))


def restart_notices(
    milestone: Milestone, *, resolution: Resolution, now: datetime, batch: NoticeBatch | None = None
) -> None:
    """After a new date or a re-opening: every notice so far is superseded, sent ones too, every escalation is
    resolved, and the next run sends the latest step that is already due once. An owner who was still to be
    notified that it is theirs is notified with the new date. With a `batch` all of it is left to the batch."""
    if batch is not None:
        batch.note_restart(milestone, resolution)
        return
    assignment = waiting_assignment(milestone)
    _supersede(milestone, why=f"{resolution.value} on {now:%Y-%m-%d}", now=now)
    resolve_escalations(milestone, resolution=resolution, now=now)
    start_notices(milestone)
    ask_what_follows([milestone.id], london_day(now))
    if assignment is not None:
        notify_again(assignment, milestone, now=now)


def stop_notices(
    milestone: Milestone, *, resolution: Resolution, now: datetime, batch: NoticeBatch | None = None
) -> None:
    """After it is finished: no one is notified again. What waits for a mail is withdrawn; what was sent stays as sent.
    With a `batch` it is left to the batch."""
    milestone.closed_on = london_day(now) if milestone.done_on is None else None
    if batch is not None:
        batch.note_stop(milestone, resolution)
        milestone.next_notice_on = None
        return
    db.session.execute(
        update(Notice)
        .where(Notice.milestone_id == milestone.id, Notice.message_id.is_(None), Notice.ended_at.is_(None))
        .values(ended_at=now, ending=Ending.WITHDRAWN, ended_why=FINISHED)
    )
    resolve_escalations(milestone, resolution=resolution, now=now)
    milestone.next_notice_on = None
    ask_what_follows([milestone.id], london_day(now))


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


def keep_silent(milestones: Sequence[Milestone], today: date, now: datetime) -> None:
    """For each of these, whose dates have passed, one notice that stands for all that lies behind it. It is for nobody,
    so it is in no email."""
    policies = policies_now()
    insert_missing(Notice, [_stand_in(one, policies.of(one), today, now) for one in milestones])


def silence_past(milestone: Milestone, today: date, now: datetime) -> None:
    """Of a date that has passed already when it is given: nobody is emailed about it. Flushes."""
    if milestone.due_on is not None and is_past(milestone.due_on, today):
        milestone.next_notice_on = None
        db.session.flush()
        keep_silent([milestone], today, now)


def stay_silent(milestone: Milestone, today: date, now: datetime) -> None:
    """After the day from which a milestone is measured was changed: one that was silent when it was made, in a period
    that nobody has opened, stays so if its date has passed. Nobody is emailed about the past."""
    if milestone.next_notice_on is None or milestone.cycle is None or milestone.cycle.opened_on is not None:
        return
    if milestone.due_on is not None and is_past(milestone.due_on, today) and _was_silent(milestone):
        milestone.next_notice_on = None
        keep_silent([milestone], today, now)


def _was_silent(milestone: Milestone) -> bool:
    stand_in = exists().where(
        Notice.milestone_id == milestone.id, Notice.addressee == NOBODY, ~Notice.unreachable, Notice.policy == ""
    )
    return bool(db.session.scalar(select(stand_in)))


def _stand_in(milestone: Milestone, policy: Policy, today: date, now: datetime) -> dict[str, Any]:
    days = days_past(milestone.due_on, today)
    return {
        "milestone_id": milestone.id,
        "due_on": milestone.due_on,
        "step": f"{OVERDUE}{days}",
        "addressee": NOBODY,
        "audience": Audience.OWNER,
        "overtook": [*(f"{RUNG}{rung.days}" for rung in policy.rungs if rung.days <= days), EXPLAIN],
        "policy": "",
        "at_once": False,
        "unreachable": False,
        "queued_on": today,
        "queued_at": now,
        "ended_why": "",
    }
