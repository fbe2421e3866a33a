"""Keeping notices true when a milestone changes: superseding what was said of the old date, and starting afresh."""

from datetime import datetime

from sqlalchemy import update

from cycle_tracker.core.extensions import db
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.partnerships.queries.calendars import calendar_of
from cycle_tracker.reminders.queries.deadlines import deadline_of, policy_of
from cycle_tracker.reminders.rules.reminders import first_notice_on
from cycle_tracker.reminders.services.assignments import notify_again, waiting_assignment
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
    if assignment is not None:
        notify_again(assignment, milestone, now=now)


def stop_notices(
    milestone: Milestone, *, resolution: Resolution, now: datetime, batch: NoticeBatch | None = None
) -> None:
    """After it is finished: no one is notified again. What waits for a mail is withdrawn; what was sent stays as sent.
    With a `batch` it is left to the batch."""
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
