"""What an official records for a partnership is noted, so that its leads hear of it; and what comes of a dispute."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import OnBehalf
from cycle_tracker.documents.services.on_behalf.mails import queue_disputed, queue_settled
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import ActOnBehalf
from cycle_tracker.models.user import User


def note_act(document: Milestone, what: OnBehalf, *, by: User, now: datetime) -> None:
    """Note that an official recorded this for the partnership. Its leads get an email with the next reminders."""
    db.session.add(ActOnBehalf(milestone_id=document.id, what=what, recorded_by_id=by.id, recorded_at=now))


def forget_undone_acts(
    document: Milestone, what: Collection[OnBehalf], *, by_id: int | None, at: datetime | None = None
) -> None:
    """After what a person recorded was undone, `at` the moment when they recorded it: an email that has not gone yet
    says nothing of it."""
    undone = delete(ActOnBehalf).where(
        ActOnBehalf.milestone_id == document.id,
        ActOnBehalf.what.in_(what),
        ActOnBehalf.recorded_by_id == by_id,
        ActOnBehalf.notified_at.is_(None),
        ActOnBehalf.disputed_at.is_(None),
    )
    if at is not None:
        undone = undone.where(ActOnBehalf.recorded_at == at)
    db.session.execute(undone.execution_options(synchronize_session=False))


def dispute_act(document: Milestone, act: ActOnBehalf, reason: str, *, by: User, now: datetime) -> None:
    """Say that what was recorded is not right, and why. Who recorded it gets an email.

    Raises RuleBroken without a reason, and where it was disputed already.
    """
    if not reason.strip():
        raise RuleBroken("Enter what is not right.", field="reason")
    if act.disputed_at is not None:
        raise RuleBroken("This was disputed already.")
    act.disputed_by, act.disputed_at, act.dispute = by, now, reason.strip()
    after = {"what": act.what.value, "recorded_by_id": act.recorded_by_id}
    audit.record_milestone(document, "record-disputed", by=by, at=now, after=after, reason=act.dispute)
    queue_disputed(document, act, now=now)
    count_as_changed(document)
    db.session.flush()


def settle_dispute(document: Milestone, act: ActOnBehalf, words: str, *, by: User, now: datetime) -> None:
    """Answer a dispute: what was corrected, or why the record stands. Who disputed it gets an email.

    Raises RuleBroken without words, and where no dispute is open.
    """
    if not words.strip():
        raise RuleBroken("Enter what was corrected, or why the record is right.", field="reason")
    if not act.is_disputed:
        raise RuleBroken("No dispute is open.")
    act.settled_by, act.settled_at, act.settlement = by, now, words.strip()
    after = {"what": act.what.value, "disputed_by_id": act.disputed_by_id}
    audit.record_milestone(document, "dispute-settled", by=by, at=now, after=after, reason=act.settlement)
    queue_settled(document, act, now=now)
    count_as_changed(document)
    db.session.flush()
