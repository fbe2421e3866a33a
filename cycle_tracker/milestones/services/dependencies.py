"""Saying what should be finished before a milestone. It warns, and never blocks."""

from datetime import datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.milestones.queries.relations import predecessors_within
from cycle_tracker.milestones.rules.order import would_make_cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.bookmarks import ask_again


def add_predecessor(milestone: Milestone, first: Milestone, *, by: User, now: datetime) -> None:
    """Say that `first` should be finished before this. Saying it twice changes nothing more.

    Raises RuleBroken, for the field `predecessor`, for one of another partnership, and where each would wait for the
    other.
    """
    if first.partnership_id not in {milestone.partnership_id, None}:
        raise RuleBroken("Choose a milestone of this partnership.", field="predecessor")
    if milestone.partnership is not None:
        lock(milestone.partnership)  # two people could each close one half of a circle
    before = predecessors_within(milestone.partnership_id)
    if first.id in before.get(milestone.id, ()):
        return
    if would_make_cycle(milestone.id, first.id, before):
        raise RuleBroken(f"“{first.title}” already depends on this one, so it cannot be first.", field="predecessor")
    milestone.predecessors.append(first)
    audit.record_milestone(milestone, "predecessor-added", by=by, at=now, after=_named(first))
    db.session.flush()
    ask_again(Milestone.id == milestone.id, london_day(now))


def remove_predecessor(milestone: Milestone, first: Milestone, *, by: User, now: datetime) -> None:
    """Say that `first` need not come before this. Where it does not, nothing changes."""
    if first in milestone.predecessors:
        milestone.predecessors.remove(first)
        audit.record_milestone(milestone, "predecessor-removed", by=by, at=now, before=_named(first))
        db.session.flush()
        ask_again(Milestone.id == milestone.id, london_day(now))


def _named(milestone: Milestone) -> dict[str, object]:
    return {"milestone_id": milestone.id, "title": milestone.title}
