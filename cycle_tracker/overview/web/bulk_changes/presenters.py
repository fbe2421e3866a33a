"""What a change does to each ticked milestone, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cycle_tracker.core.calendar import WorkingCalendar
from cycle_tracker.documents.web.lines import owner_wording
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.overview.services.bulk_changes import BulkChange, hindrance
from cycle_tracker.reminders.queries.deadlines import Policies, deadline_of, policies_now
from cycle_tracker.reminders.rules.reminders import next_notice_on
from cycle_tracker.web.wording import NO_DATE, count, day

CHANGED = "Someone changed this after you opened the list. Check it, then try again."


@dataclass(frozen=True)
class BulkChangeOutcome:
    """One milestone with old and new values, and the notices that start afresh; or what stands in the way."""

    title: str
    address_key: str
    tick: str
    owner: str
    new_owner: str
    date: str
    new_date: str
    notices: str
    hindrance: str


def outcomes(
    ticked: Sequence[Milestone],
    versions: Mapping[int, int],
    change: BulkChange,
    *,
    notices: Mapping[int, tuple[int, int]],
    calendar: WorkingCalendar,
    today: date,
) -> tuple[list[BulkChangeOutcome], list[BulkChangeOutcome]]:
    """The milestones that take the change, and those in whose way something stands."""
    policies = policies_now()
    found = [
        BulkChangeOutcome(
            title=one.title,
            address_key=one.key,
            tick=f"{one.id}:{versions[one.id]}",
            owner=owner_wording(one),
            new_owner=_new_owner(one, change),
            date=day(one.due_on) if one.due_on else NO_DATE,
            new_date=_new_date(one, change),
            notices=_notices(one, change, notices.get(one.id, (0, 0)), calendar, policies, today),
            hindrance=hindrance(one, change) or (CHANGED if one.version != versions[one.id] else ""),
        )
        for one in ticked
    ]
    return [one for one in found if not one.hindrance], [one for one in found if one.hindrance]


def change_wording(change: BulkChange) -> str:
    """The change in one sentence or two."""
    sentences = []
    if change.changes_owner:
        sentences.append(f"The new owner is {change.owner.name}." if change.owner else "The owner is removed.")
    if change.days is not None:
        direction = "later" if change.days > 0 else "earlier"
        sentences.append(f"Dates move {count(abs(change.days), 'day')} {direction}.")
    if change.due_on is not None:
        sentences.append(f"Dates move to {day(change.due_on)}.")
    return " ".join(sentences)


def _new_owner(milestone: Milestone, change: BulkChange) -> str:
    if not change.new_owner_differs(milestone):
        return "No change"
    return change.owner.name if change.owner else "No owner"


def _new_date(milestone: Milestone, change: BulkChange) -> str:
    new = change.new_date(milestone) if change.moves_dates else None
    return day(new) if new else "No change"


def _notices(
    milestone: Milestone,
    change: BulkChange,
    numbers: tuple[int, int],
    calendar: WorkingCalendar,
    policies: Policies,
    today: date,
) -> str:
    """How many notices stop counting, and when the next one goes out."""
    all_of_them, of_owner = numbers
    new = change.new_date(milestone) if change.moves_dates else None
    if new is None:
        sent = f"{count(of_owner, 'reminder')} sent to the owner so far." if of_owner else "No reminders sent yet."
        return f"{sent} {'The new owner' if change.owner else 'The planning leads'} will be reminded instead."
    deadline = deadline_of(milestone, notify_from=milestone.notify_from, calendar=calendar)
    moved = replace(deadline, due_on=new, expected_date=False, explain_by_target=None)
    following = next_notice_on(moved, policies.of(milestone), today - timedelta(days=1))
    said = "No reminders sent about the old date."
    if all_of_them:
        said = f"{count(all_of_them, 'reminder')} about the old date {'is' if all_of_them == 1 else 'are'} cancelled."
    if new < today:
        return f"{said} The new date has passed, so the next emails will say that it is overdue."
    return (
        f"{said} The next reminder is due on {day(following)}." if following else f"{said} No more reminders are due."
    )
