"""A chair says that a decision which a planning lead recorded is not what the group decided."""

from datetime import date, datetime

from sqlalchemy import select, update

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State
from cycle_tracker.documents.services.explanations import undo_expected_date
from cycle_tracker.governance.queries.open_escalations import chairs_group_of
from cycle_tracker.governance.services.decision_mails import notify_leads_of_dispute
from cycle_tracker.milestones.services.milestones import drop_milestone
from cycle_tracker.milestones.services.versions import count_as_changed
from cycle_tracker.models.date_change import NOTED, DateChange, DateChangeKind
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation, Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User

DROPPED_WHY = "The chair of the governance group disputed the decision that asked for this"


def may_dispute(decision: Decision, user_id: int, *, chairs: bool) -> bool:
    """Whether the person can say that the group did not decide this: they chair it, did not record it themselves, and
    a planning lead recorded it."""
    return decision.by_lead and chairs and user_id != decision.recorded_by_id


def dispute_decision(decision: Decision, why: str, *, by: User, today: date, now: datetime) -> bool:
    """Say that the group did not decide this, and why. What it settled is open again, and the leads get an email: a new
    date that it noted is taken back, and a next step that nobody has started is dropped.

    Returns whether the date before holds again. Raises RuleBroken without words, for a decision that was disputed
    already, and for anybody but the chair.
    """
    milestone = decision.escalation.milestone
    if decision.is_disputed:
        raise RuleBroken("This was disputed already.")
    if not may_dispute(decision, by.id, chairs=chairs_group_of(by.id, milestone.partnership_id, today)):
        raise RuleBroken("Only the chair can dispute what a planning lead recorded.")
    if not why.strip():
        raise RuleBroken("Enter what the group decided, or that it decided nothing.", field="reason")
    decision.disputed_by, decision.disputed_at, decision.dispute = by, now, why.strip()
    is_date_back = _take_dates_back(milestone, by=by, now=now)
    _drop_next_step(decision, by=by, now=now)
    _let_it_wait_again(decision)
    count_as_changed(milestone)
    audit.record(
        "escalation",
        decision.escalation_id,
        "decision-disputed",
        by=by,
        at=now,
        partnership_id=milestone.partnership_id,
        after={"decision_id": decision.id, "milestone_id": milestone.id},
        reason=decision.dispute,
    )
    notify_leads_of_dispute(decision, is_date_back=is_date_back, now=now)
    db.session.flush()
    return is_date_back


def _take_dates_back(milestone: Milestone, *, by: User, now: datetime) -> bool:
    """Whether an earlier due date holds again: that before the decision, and where the date before it was disputed too,
    while it could not be taken back, the one before that."""
    db.session.flush()
    disputed = db.session.scalars(
        select(Decision)
        .join(Escalation, Escalation.id == Decision.escalation_id)
        .where(Escalation.milestone_id == milestone.id, Decision.disputed_at.is_not(None))
        .order_by(Decision.recorded_at.desc(), Decision.id.desc())
    ).all()
    were_back = [_take_date_back(one, by=by, now=now) for one in disputed]
    return True in were_back


def _take_date_back(decision: Decision, *, by: User, now: datetime) -> bool:
    """Whether the due date before it holds again. What the new date had settled is open again with it, unless the
    milestone has ended or has had yet another date since."""
    if decision.outcome is not DecisionOutcome.NEW_DATE:
        return False
    milestone = decision.escalation.milestone
    change = db.session.scalars(
        select(DateChange)
        .where(
            DateChange.milestone_id == milestone.id,
            DateChange.kind == DateChangeKind.EXPECTED,
            DateChange.noted_at == decision.recorded_at,
            NOTED,
        )
        .limit(1)
    ).one_or_none()
    if change is None or not undo_expected_date(milestone, change, decision.dispute, by=by, now=now):
        return False
    db.session.execute(
        update(Escalation)
        .where(
            Escalation.milestone_id == milestone.id,
            Escalation.due_on == milestone.due_on,
            Escalation.resolution == Resolution.NEW_DATE,
            Escalation.resolved_at == decision.recorded_at,
        )
        .values(resolved_at=None, resolution=None)
        .execution_options(synchronize_session="fetch")
    )
    return True


def _drop_next_step(decision: Decision, *, by: User, now: datetime) -> None:
    step = decision.next_step
    if step is not None and step.state is State.NOT_STARTED:
        drop_milestone(step, DROPPED_WHY, by=by, now=now)


def _let_it_wait_again(decision: Decision) -> None:
    """What this decision answered waits for the group again, unless another that stands answered it: a decision answers
    everything of its milestone that waits at that moment, whichever escalation it was made on."""
    milestone_id = decision.escalation.milestone_id
    standing = db.session.scalars(
        select(Decision.recorded_at)
        .join(Escalation, Escalation.id == Decision.escalation_id)
        .where(Escalation.milestone_id == milestone_id, Decision.disputed_at.is_(None), Decision.id != decision.id)
    ).all()
    for escalation in db.session.scalars(
        select(Escalation).where(Escalation.milestone_id == milestone_id, Escalation.decided_at == decision.recorded_at)
    ):
        escalation.decided_at = max((at for at in standing if at >= escalation.opened_at), default=None)
