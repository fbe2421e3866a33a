"""Recording the milestones of an import whose plan has no problems."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.imports.services.milestones import REASON, ImportedMilestone
from cycle_tracker.imports.services.plans import Effect, Plan
from cycle_tracker.milestones.services.milestones import (
    complete,
    drop_milestone,
    move_local_date,
    reopen_milestone,
    start_milestone,
)
from cycle_tracker.milestones.services.owners import change_owner
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.partnerships.queries.calendars import calendars_of
from cycle_tracker.reminders.queries.deadlines import deadline_of, policies_now
from cycle_tracker.reminders.rules.reminders import first_notice_on
from cycle_tracker.reminders.services.assignments import notify_new_owner
from cycle_tracker.reminders.services.notice_batches import NoticeBatch


def record_milestones(plan: Plan, *, by: User | None, today: date, now: datetime) -> None:
    """Record what a plan without problems says."""
    _add([step.does for step in plan.steps if step.effect is Effect.NEW], by=by, today=today, now=now)
    changed: list[ImportedMilestone] = [step.does for step in plan.steps if step.effect is Effect.CHANGED]
    by_owner: dict[int, list[ImportedMilestone]] = defaultdict(list)
    batch = NoticeBatch()
    for one in changed:
        _change(one, batch, by=by, now=now)
        if one.owner is not None:
            by_owner[one.owner.id].append(one)
    batch.write(now=now)
    for rows in by_owner.values():
        change_owner([_there(one.milestone) for one in rows], rows[0].owner, by=by, today=today, now=now)
    db.session.flush()


def _add(rows: Sequence[ImportedMilestone], *, by: User | None, today: date, now: datetime) -> None:
    calendars = calendars_of({one.partnership.id for one in rows})
    policies = policies_now()
    made = []
    for one in rows:
        milestone = _made(one, today)
        deadline = deadline_of(
            milestone, notify_from=one.partnership.notify_from, calendar=calendars[one.partnership.id]
        )
        milestone.next_notice_on = first_notice_on(deadline, policies.of(milestone))
        made.append(milestone)
    db.session.add_all(made)
    db.session.flush()
    for milestone in made:
        audit.record_milestone(
            milestone,
            "added",
            by=by,
            at=now,
            after={"title": milestone.title, "due_on": milestone.due_on, "state": milestone.state},
            reason=REASON,
        )
        notify_new_owner(milestone, by=by, today=today, now=now)


def _made(one: ImportedMilestone, today: date) -> Milestone:
    row = one.row
    state = row.state or State.NOT_STARTED
    return Milestone(
        partnership=one.partnership,
        partnership_id=one.partnership.id,
        cycle=one.cycle,
        key=row.key,
        kind=row.kind or Kind.STEP,
        title=row.title,
        duty_basis=Basis.LOCAL,
        date_basis=Basis.LOCAL,
        due_on=row.due_on,
        owner=one.owner,
        state=state,
        reason=REASON if state is State.DROPPED else "",
        expected_date=False,
        entered_on=today,
    )


def _change(one: ImportedMilestone, batch: NoticeBatch, *, by: User | None, now: datetime) -> None:
    """Make the changes in an order in which the rules allow them: what is closed is opened first, and closed last."""
    row, milestone = one.row, _there(one.milestone)
    state = row.state if row.state is not milestone.state else None
    if state is State.IN_PROGRESS and not milestone.is_open:
        reopen_milestone(milestone, REASON, by=by, now=now, batch=batch)
    elif state is State.IN_PROGRESS:
        start_milestone(milestone, by=by, now=now, batch=batch)
    if row.title and row.title != milestone.title:
        before, milestone.title = {"title": milestone.title}, row.title
        audit.record_milestone(milestone, "edited", by=by, at=now, before=before, after={"title": row.title})
    if row.due_on is not None and row.due_on != milestone.due_on:
        move_local_date(milestone, row.due_on, REASON, by=by, now=now, batch=batch)
    if state is State.DONE:
        complete(milestone, None, "finished", by=by, now=now, batch=batch)
    elif state is State.DROPPED:
        drop_milestone(milestone, REASON, by=by, now=now, batch=batch)


def _there(milestone: Milestone | None) -> Milestone:
    if milestone is None:
        raise ValueError("a milestone that was to change is not there")
    return milestone
