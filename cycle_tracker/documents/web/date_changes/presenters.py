"""A proposed date, and what a person may do about the date of a milestone, in words."""

from dataclasses import dataclass
from datetime import date, timedelta

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.deadlines import is_before_service, is_past
from cycle_tracker.core.document_states import last_day_before_outstanding
from cycle_tracker.documents.rules.explanations import not_open_yet, stands_apart
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.reminders.rules.steps import explain_on
from cycle_tracker.web.wording import day


@dataclass(frozen=True)
class WaitingProposal:
    """A proposed date that waits, as one person sees it."""

    date: str
    reason: str
    proposed: str
    seen_by: str
    shared: bool
    is_mine: bool
    may_note: bool


@dataclass(frozen=True)
class Unshared:
    """An agreed explanation that officials cannot see, of a document whose guidance date has passed: what that means,
    and whether the person can share it."""

    words: str
    may_share: bool


@dataclass(frozen=True)
class DateActions:
    """What a person may do about the date of a milestone. `asked_for` says why an explanation is asked for now; where
    it is empty the offer stands quietly."""

    move: bool
    propose: bool
    note: bool
    asked_for: str

    @property
    def any(self) -> bool:
        """True where there is something to offer."""
        return self.move or self.propose or self.note


def proposal_for(
    change: DateChange | None, proposer: str, milestone: Milestone, viewer: Viewer, detail: Detail
) -> WaitingProposal | None:
    """The proposal that waits, for those who may see it: the people of the partnership, and officials where it is to
    be shared."""
    if change is None or not _sees(change, detail):
        return None
    proposed_on = f" on {day(london_day(change.proposed_at))}" if change.proposed_at else ""
    return WaitingProposal(
        date=day(change.new_due_on),
        reason=change.reason,
        proposed=f"Proposed by {proposer}{proposed_on}" if detail is Detail.EVERYTHING else f"Proposed{proposed_on}",
        seen_by="Shared with the Scottish Government." if change.shared else "Not shared with the Scottish Government.",
        shared=change.shared,
        is_mine=change.proposed_by_id == viewer.user_id and holds(viewer, Permission.PROPOSE_DATES, milestone),
        may_note=may_note(milestone, viewer, proposed_by_id=change.proposed_by_id),
    )


def unshared_for(
    change: DateChange | None, milestone: Milestone, viewer: Viewer, detail: Detail, today: date
) -> Unshared | None:
    """That the explanation is to be shared, for the people of the partnership; `change` is the explanation that is not
    shared. Nothing before the guidance date, nor where no days are counted from it."""
    first = milestone.measured_on
    if change is None or detail is not Detail.EVERYTHING or not milestone.is_document or not milestone.is_open:
        return None
    if first is None or not is_past(first, today) or is_before_service(first, milestone.notify_from):
        return None
    words = (
        f"Your group agreed the new expected date, {day(change.new_due_on)}, but officials cannot see the explanation. "
        f"They still count the days since {day(first)}, as if no date had been agreed."
    )
    return Unshared(words, may_share=holds(viewer, Permission.PROPOSE_DATES, milestone))


def date_actions(
    milestone: Milestone,
    viewer: Viewer,
    today: date,
    *,
    proposal: DateChange | None,
    calendar: WorkingCalendar,
) -> DateActions:
    """What the person may do; nothing about the date of what is closed."""
    not_yet = not_open_yet(is_document=milestone.is_document, opens_on=milestone.opens_on, today=today)
    is_dated = milestone.is_open and milestone.due_on is not None and not not_yet
    return DateActions(
        move=milestone.is_open and not milestone.is_document and holds(viewer, Permission.CHANGE_MILESTONES, milestone),
        propose=is_dated and proposal is None and holds(viewer, Permission.PROPOSE_DATES, milestone),
        note=is_dated and proposal is None and may_note(milestone, viewer),
        asked_for="" if proposal is not None else _asked_for(milestone, today, calendar),
    )


def may_note(milestone: Milestone, viewer: Viewer, *, proposed_by_id: int | None = None) -> bool:
    """True where a new expected date that this person notes would count."""
    return holds(viewer, Permission.NOTE_EXPLANATIONS, milestone) and stands_apart(
        viewer, milestone.partnership_id, owner_id=milestone.owner_id, proposed_by_id=proposed_by_id
    )


def _sees(change: DateChange, detail: Detail) -> bool:
    return detail is Detail.EVERYTHING or (detail is Detail.DOCUMENT and change.shared)


def _asked_for(milestone: Milestone, today: date, calendar: WorkingCalendar) -> str:
    """From ten working days before an unexplained document shows as outstanding, that it will; else nothing."""
    target_on = milestone.measured_on
    if not milestone.is_document or not milestone.is_open or milestone.expected_date or target_on is None:
        return ""
    if is_before_service(target_on, milestone.notify_from) or today < explain_on(target_on, calendar):
        return ""
    last_day = last_day_before_outstanding(target_on)
    if today <= last_day:
        return f"This will be shown as outstanding after {day(last_day)} unless you add an explanation."
    return f"This has been outstanding since {day(last_day + timedelta(days=1))} because it has no explanation."
