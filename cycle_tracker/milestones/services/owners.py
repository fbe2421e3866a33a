"""Giving milestones to another owner: one by one, many at once, or all that a person leaves behind.

Who owns a milestone changes who is told, not when. What was told to the owner before, or waits to be, is over: the
new owner is told the latest step that is already due, once, at the next run; the old one hears nothing more.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import update

from cycle_tracker.audit.services import audit
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Ending, Notice
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.owners import owners_within
from cycle_tracker.reminders.services.assignments import notify_new_owner

HANDED_OVER = "it has another owner"


def change_owner(
    milestones: Collection[Milestone], owner: User | None, *, by: User | None, today: date, now: datetime
) -> list[Milestone]:
    """Give milestones to somebody, or with None to nobody; those that changed hands.

    Raises RuleBroken, beside the field `owner`, where somebody may not own in the partnership of one of them.
    """
    changed = [one for one in milestones if one.owner_id != (owner.id if owner else None)]
    _ensure_may_own(owner, changed, today)
    for milestone in changed:
        after = owner.id if owner else None
        audit.record_milestone(
            milestone,
            "owner-changed",
            by=by,
            at=now,
            before={"owner_id": milestone.owner_id},
            after={"owner_id": after},
        )
        milestone.owner = owner
        if milestone.is_open and milestone.due_on is not None and milestone.partnership_id is not None:
            milestone.next_notice_on = today
    db.session.flush()
    _end_notices_of_owners(changed, now)
    for milestone in changed:
        notify_new_owner(milestone, by=by, today=today, now=now)
    return changed


def _ensure_may_own(owner: User | None, milestones: Sequence[Milestone], today: date) -> None:
    if owner is None:
        return
    partnership_ids = {one.partnership_id for one in milestones if one.partnership_id is not None}
    allowed = owners_within(partnership_ids, today)
    if any(one.partnership_id is None for one in milestones) or any(
        owner.id not in {person.id for person in people} for people in allowed.values()
    ):
        raise RuleBroken(f"{owner.name} does not have a role that lets them own this.", field="owner")


def _end_notices_of_owners(milestones: Sequence[Milestone], now: datetime) -> None:
    if milestones:
        db.session.execute(
            update(Notice)
            .where(
                Notice.milestone_id.in_([one.id for one in milestones]),
                Notice.audience == Audience.OWNER,
                Notice.ended_at.is_(None),
            )
            .values(ended_at=now, ending=Ending.SUPERSEDED, ended_why=HANDED_OVER)
            .execution_options(synchronize_session=False)
        )
