"""A new owner, or new local dates, for several milestones at once: all of them change, or none does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.milestones.services.milestones import LATEST_DUE, move_local_date
from cycle_tracker.milestones.services.owners import change_owner
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User

# Dates move by at most the length of a plan period; beyond that it is a slip of the keyboard.
MOST_DAYS = 3 * 366


@dataclass(frozen=True)
class BulkChange:
    """What changes: the owner where `owner` is given (with `to_nobody`, there is none from now on), and the dates by
    `days` or to `due_on`, with a reason."""

    owner: User | None = None
    to_nobody: bool = False
    days: int | None = None
    due_on: date | None = None
    reason: str = ""

    @property
    def moves_dates(self) -> bool:
        """True where it is about dates."""
        return self.days is not None or self.due_on is not None

    @property
    def changes_owner(self) -> bool:
        """True where it is about owners."""
        return self.owner is not None or self.to_nobody

    def new_date(self, milestone: Milestone) -> date | None:
        """The date that a milestone gets; None where its date stays, or would lie beyond every calendar."""
        if self.due_on is not None:
            return self.due_on
        if self.days is None or milestone.due_on is None:
            return None
        try:
            return milestone.due_on + timedelta(days=self.days)
        except OverflowError:
            return None

    def new_owner_differs(self, milestone: Milestone) -> bool:
        """True where the milestone would change hands."""
        return self.changes_owner and milestone.owner_id != (self.owner.id if self.owner else None)


def hindrance(milestone: Milestone, change: BulkChange) -> str:
    """Why a milestone cannot take the change, as a sentence; empty where nothing stands in the way."""
    if not milestone.is_open:
        return f"This is already {milestone.state.label.lower()}."
    if not change.moves_dates:
        if change.new_owner_differs(milestone):
            return ""
        return f"{milestone.owner.name} already owns this." if milestone.owner else "This already has no owner."
    if milestone.is_document:
        return "You cannot move the date of a plan or an annual report. Propose a new expected date instead."
    if change.due_on is None and milestone.due_on is None:
        return "This has no date yet, so you cannot move it by a number of days."
    new = change.new_date(milestone)
    if new is None or new >= LATEST_DUE:
        return f"The new date must be before {LATEST_DUE.year}."
    if new == milestone.due_on:
        return "This is already the due date."
    return ""


def change_milestones(
    milestones: Sequence[Milestone], change: BulkChange, *, by: User, today: date, now: datetime
) -> None:
    """Give every milestone its new owner and its new date, each with its own events in the audit.

    Whether the person may change them is asked before. Raises RuleBroken, naming the first that cannot take it, and
    beside `reason` where dates move without one; nothing is kept then.
    """
    for milestone in milestones:
        words = hindrance(milestone, change)
        if words:
            raise RuleBroken(f"{milestone.title}: {words}")
    for milestone in milestones:
        new = change.new_date(milestone)
        if new is not None:
            move_local_date(milestone, new, change.reason, by=by, now=now)
    if change.changes_owner:
        change_owner(milestones, change.owner, by=by, today=today, now=now)
