"""Milestones that people add themselves: local ones of a cycle, and sub-tasks. Their duty and their date are local."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind, Stage
from cycle_tracker.core.lifecycle import State
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.milestones.services.milestones import EARLIEST_DONE, LATEST_DUE
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation
from cycle_tracker.models.user import User
from cycle_tracker.people.queries.owners import list_owners
from cycle_tracker.reminders.services.assignments import notify_new_owner
from cycle_tracker.reminders.services.notices import start_notices

# What a lead may add. Plans and annual reports come with the cycle; sub-tasks belong to a milestone.
LOCAL_KINDS = (Kind.STEP, Kind.CONSULTATION, Kind.REVIEW, Kind.ACTION, Kind.REQUEST)

LONGEST_KEY = 80
LONGEST_TITLE = 300


@dataclass(frozen=True)
class Wanted:
    """What is to be added. With no `due_on` it has no date yet, and nobody is reminded."""

    title: str
    due_on: date | None = None
    owner: User | None = None
    stage: Stage | None = None
    opens_on: date | None = None
    lead_organisation: Organisation | None = None


def is_local(milestone: Milestone) -> bool:
    """True for what people added themselves: nothing but the partnership says what it is called. What a fact completes
    was added by the service."""
    return milestone.duty_basis is Basis.LOCAL and not milestone.date_rule and not milestone.is_done_by_facts


def add_local_milestone(cycle: Cycle, kind: Kind, wanted: Wanted, *, by: User, today: date, now: datetime) -> Milestone:
    """Add a milestone to a cycle; the one that is there already where the same was added before.

    Raises RuleBroken for a kind that nobody adds, and for dates that cannot be.
    """
    if kind not in LOCAL_KINDS:
        raise RuleBroken("Choose what kind of milestone this is.", field="kind")
    lock(cycle)
    same = db.session.scalars(
        select(Milestone)
        .where(
            Milestone.cycle_id == cycle.id,
            Milestone.parent_id.is_(None),
            Milestone.kind == kind,
            Milestone.title == wanted.title,
            Milestone.due_on == wanted.due_on if wanted.due_on else Milestone.due_on.is_(None),
            Milestone.entered_on == today,
        )
        .order_by(Milestone.id)
        .limit(1)
    ).one_or_none()
    if same is not None:
        return same
    key = next_key(cycle.partnership_id, f"{cycle.period.name}.local-")
    milestone = Milestone(
        key=key, kind=kind, cycle=cycle, partnership=cycle.partnership, partnership_id=cycle.partnership_id
    )
    _enter(milestone, wanted, by=by, today=today, now=now)
    audit.record_milestone(milestone, "added", by=by, at=now, after={"title": milestone.title})
    return milestone


def add_sub_task(parent: Milestone, wanted: Wanted, *, by: User, today: date, now: datetime) -> Milestone:
    """Add a sub-task; the one that is there already where the same was added before.

    Raises RuleBroken for a parent that is a sub-task itself, or closed, and for dates that cannot be.
    """
    if parent.kind is Kind.SUB_TASK:
        raise RuleBroken("A sub-task cannot have sub-tasks.")
    if not parent.is_open:
        raise RuleBroken(f"This is {parent.state.label.lower()}, so you cannot add sub-tasks.")
    lock(parent)
    same = db.session.scalars(
        select(Milestone)
        .where(
            Milestone.parent_id == parent.id,
            Milestone.title == wanted.title,
            Milestone.due_on == wanted.due_on if wanted.due_on else Milestone.due_on.is_(None),
            Milestone.entered_on == today,
        )
        .order_by(Milestone.id)
        .limit(1)
    ).one_or_none()
    if same is not None:
        return same
    key = next_key(parent.partnership_id, f"{parent.key[: LONGEST_KEY - 5]}.")
    task = Milestone(
        key=key,
        kind=Kind.SUB_TASK,
        parent_id=parent.id,
        cycle=parent.cycle,
        partnership=parent.partnership,
        partnership_id=parent.partnership_id,
    )
    stage = wanted.stage or parent.stage
    _enter(task, Wanted(**{**vars(wanted), "stage": stage}), by=by, today=today, now=now)
    audit.record_milestone(parent, "sub-task-added", by=by, at=now, after={"key": key, "title": task.title})
    audit.record_milestone(task, "added", by=by, at=now, after={"title": task.title})
    return task


def edit_milestone(
    milestone: Milestone,
    *,
    title: str,
    stage: Stage | None,
    lead_organisation: Organisation | None,
    by: User,
    now: datetime,
) -> None:
    """Change what a milestone is called, its stage and its lead organisation. Saving it as it is changes nothing.

    Raises RuleBroken where its title and stage come from the guidance: only its lead organisation changes then.
    """
    new = {"lead_organisation_id": lead_organisation.id if lead_organisation else None}
    if is_local(milestone):
        _ensure_title(title)
        new |= {"title": title, "stage": stage}  # type: ignore[dict-item]  # a mixed bag, as the audit has it
    elif (title, stage) != (milestone.title, milestone.stage):
        raise RuleBroken("The title and the stage come from the guidance, so you cannot change them.", field="title")
    before = {name: getattr(milestone, name) for name, value in new.items() if getattr(milestone, name) != value}
    if not before:
        return
    for name in before:
        setattr(milestone, name, new[name])
    audit.record_milestone(
        milestone, "edited", by=by, at=now, before=before, after={name: new[name] for name in before}
    )
    db.session.flush()


def next_key(partnership_id: int | None, base: str) -> str:
    """The base with the first number after those that are taken in the partnership."""
    taken = db.session.scalars(
        select(Milestone.key).where(
            Milestone.partnership_id == partnership_id, Milestone.key.startswith(base, autoescape=True)
        )
    )
    numbers = [int(rest) for key in taken if re.fullmatch("[0-9]{1,6}", rest := key[len(base) :])]
    return f"{base}{max(numbers, default=0) + 1}"


def _enter(milestone: Milestone, wanted: Wanted, *, by: User, today: date, now: datetime) -> None:
    """Fill in what all of them share, and start their notices."""
    _ensure_title(wanted.title)
    _ensure_dates(wanted)
    if milestone.partnership_id is None and milestone.partnership is None:
        raise RuleBroken("This is a national milestone, so you cannot add to it.")
    _ensure_may_own(milestone, wanted.owner, today)
    milestone.title, milestone.stage = wanted.title, wanted.stage
    milestone.duty_basis = milestone.date_basis = Basis.LOCAL
    milestone.opens_on, milestone.due_on = wanted.opens_on, wanted.due_on
    milestone.owner, milestone.lead_organisation = wanted.owner, wanted.lead_organisation
    milestone.state, milestone.entered_on, milestone.expected_date = State.NOT_STARTED, today, False
    db.session.add(milestone)
    db.session.flush()
    start_notices(milestone)
    notify_new_owner(milestone, by=by, today=today, now=now)
    db.session.flush()


def _ensure_title(title: str) -> None:
    if not title.strip():
        raise RuleBroken("Enter a title.", field="title")
    if len(title) > LONGEST_TITLE:
        raise RuleBroken(f"The title must be {LONGEST_TITLE} characters or fewer.", field="title")


def _ensure_dates(wanted: Wanted) -> None:
    for field, day in (("due_on", wanted.due_on), ("opens_on", wanted.opens_on)):
        if day is not None and not EARLIEST_DONE <= day < LATEST_DUE:
            raise RuleBroken(f"The date must be between {EARLIEST_DONE.year} and {LATEST_DUE.year}.", field=field)
    if wanted.opens_on and wanted.due_on and wanted.opens_on > wanted.due_on:
        raise RuleBroken("The earliest start date must be on or before the due date.", field="opens_on")


def _ensure_may_own(milestone: Milestone, owner: User | None, today: date) -> None:
    partnership_id = milestone.partnership_id or (milestone.partnership.id if milestone.partnership else None)
    if owner is None or partnership_id is None:
        return
    if owner.id not in {person.id for person in list_owners(partnership_id, today)}:
        raise RuleBroken(f"{owner.name} does not have a role that lets them own this.", field="owner")
