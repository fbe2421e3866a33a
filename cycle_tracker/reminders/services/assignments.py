"""Notifying people of what became theirs: an ordinary notice with the step `assigned`, which waits for no digest."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice
from cycle_tracker.models.user import User
from cycle_tracker.reminders.queries.audiences import addressee_of
from cycle_tracker.reminders.queries.deadlines import deadline_of
from cycle_tracker.reminders.rules.steps import ASSIGNED


def notify_new_owner(milestone: Milestone, *, by: User | None, today: date, now: datetime) -> None:
    """Notify the owner that it is theirs now, at the next run. Whoever gave it to themselves knows, and of what calls
    for no notices (it is closed, has no date, or lay before the service) no one is notified."""
    if milestone.owner is None or milestone.owner.id == (by.id if by else None) or not _calls_for_notices(milestone):
        return
    _write(milestone, milestone.owner.id, today, now)


def waiting_assignment(milestone: Milestone) -> Notice | None:
    """The notice that it is theirs which its owner is still to get, if its email has not been written yet."""
    if milestone.owner_id is None:
        return None
    return db.session.scalars(
        select(Notice).where(
            Notice.milestone_id == milestone.id,
            Notice.step == ASSIGNED,
            Notice.user_id == milestone.owner_id,
            Notice.message_id.is_(None),
            Notice.ended_at.is_(None),
        )
    ).one_or_none()


def waiting_assignments(milestones: Collection[Milestone]) -> dict[int, Notice]:
    """The same for many, by milestone, in one statement."""
    owners = {one.id: one.owner_id for one in milestones if one.owner_id is not None}
    rows = db.session.scalars(
        select(Notice)
        .where(
            Notice.milestone_id.in_(owners.keys()),
            Notice.step == ASSIGNED,
            Notice.message_id.is_(None),
            Notice.ended_at.is_(None),
        )
        .order_by(Notice.id)
    )
    return {one.milestone_id: one for one in rows if one.user_id == owners[one.milestone_id]}


def notify_again(assignment: Notice, milestone: Milestone, *, now: datetime) -> None:
    """Say it of the date that the milestone has now: it got one before the mail was written."""
    if assignment.user_id is not None and _calls_for_notices(milestone):
        _write(milestone, assignment.user_id, assignment.queued_on, now)


def _calls_for_notices(milestone: Milestone) -> bool:
    if milestone.partnership is None:
        return False
    return deadline_of(milestone, notify_from=milestone.partnership.notify_from).calls_for_notices


def _write(milestone: Milestone, user_id: int, queued_on: date, now: datetime) -> None:
    db.session.add(
        Notice(
            milestone_id=milestone.id,
            due_on=milestone.due_on,
            step=ASSIGNED,
            addressee=addressee_of(user_id),
            user_id=user_id,
            audience=Audience.OWNER,
            at_once=True,
            queued_on=queued_on,
            queued_at=now,
        )
    )
