"""The steps of a revision in preparation: made when it begins, and moved with its target date."""

from datetime import date, datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.deadlines import is_past
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Basis, Stage
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.periods import Period
from cycle_tracker.documents.rules.revisions import STEPS, RevisionStep, guidance_on_revising, step_keys
from cycle_tracker.models.approval import Revision
from cycle_tracker.models.escalation import Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.assignments import notify_new_owner
from cycle_tracker.reminders.services.notices import restart_notices, silence_past, start_notices


def add_steps(plan: Milestone, revision: Revision, period: Period, *, by: User, today: date, now: datetime) -> None:
    """Add the steps of a revision, owned by the owner of the plan. Flushes.

    Nobody is emailed about a date that has passed already, nor that such a step is theirs.
    """
    made: dict[str, Milestone] = {}
    for step, key in zip(STEPS, step_keys(period, revision.number), strict=True):
        milestone = _step(plan, step, key, revision.target_on, period, today)
        db.session.add(milestone)
        db.session.flush()
        made[step.name] = milestone
        audit.record_milestone(milestone, "added", by=by, at=now, after={"title": milestone.title})
        start_notices(milestone)
        if milestone.due_on is not None and is_past(milestone.due_on, today):
            silence_past(milestone, today, now)
        else:
            notify_new_owner(milestone, by=by, today=today, now=now)
    for first, then in (("invite", "consult"), ("consult", "agree"), ("agree", "send"), ("agree", "publish")):
        made[then].predecessors.append(made[first])
    db.session.flush()


def move_step(step: Milestone, target_on: date, reason: str, *, by: User, today: date, now: datetime) -> None:
    """Give a step the dates that go with another target date of its revision. A local date of its own it keeps."""
    planned = next(one for one in STEPS if step.key.endswith(f".{one.name}"))
    before = {"target_on": step.target_on, "due_on": step.due_on}
    is_suggested = step.due_on == step.target_on
    step.target_on = target_on + planned.due
    if planned.opens is not None:
        step.opens_on = target_on + planned.opens
    if is_suggested:
        step.due_on = step.target_on
        restart_notices(step, resolution=Resolution.NEW_DATE, now=now)
        silence_past(step, today, now)
    after = {"target_on": step.target_on, "due_on": step.due_on}
    audit.record_milestone(step, "date-set-anew", by=by, at=now, before=before, after=after, reason=reason)


def _step(plan: Milestone, step: RevisionStep, key: str, target_on: date, period: Period, today: date) -> Milestone:
    due_on = target_on + step.due
    return Milestone(
        partnership=plan.partnership,
        partnership_id=plan.partnership_id,
        cycle=plan.cycle,
        key=key,
        kind=step.kind,
        stage=Stage.REVIEW,
        title=step.title,
        duty_basis=step.duty_basis,
        duty_citation=f"{step.duty_citation}. See {guidance_on_revising(period)}" if step.duty_citation else "",
        date_basis=Basis.SUGGESTED,
        date_citation=step.date_citation,
        fact=step.fact,
        fact_of_id=plan.id if step.fact is not None else None,
        opens_on=target_on + step.opens if step.opens is not None else None,
        target_on=due_on,
        due_on=due_on,
        expected_date=False,
        state=State.NOT_STARTED,
        owner=plan.owner,
        entered_on=today,
    )
