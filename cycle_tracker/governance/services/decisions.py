"""What a governance group decides on something that came to it. Each decision is a row of its own, and none is removed.

A new expected date settles the escalation. Next steps, a referral or no action leave it open, and decided: it no
longer waits for the group, and a later rung, or another decision, is possible.

A clerk who is also a planning lead of the partnership records what the group decided at a meeting, with its minute. The
chair is emailed, and can dispute it (`disputes.py`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import flag_modified

from cycle_tracker.access.queries.viewers import viewer_of
from cycle_tracker.audit.services import audit
from cycle_tracker.core.audiences import OF_THE_GROUP
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Cause
from cycle_tracker.documents.rules.explanations import SHORTEST_EXPLANATION
from cycle_tracker.documents.services.explanations import ensure_stands_apart, note_expected_date
from cycle_tracker.governance.rules import ensure_minuted, records_as_lead
from cycle_tracker.governance.services.decision_mails import notify_chairs
from cycle_tracker.milestones.services.next_steps import add_next_step
from cycle_tracker.models.decision import Decision, DecisionOutcome
from cycle_tracker.models.escalation import Escalation
from cycle_tracker.models.group import Meeting
from cycle_tracker.models.user import User


@dataclass(frozen=True)
class Made:
    """How a decision was made: at which meeting, where its minute is, and whether the group made it and the clerk
    records it for them; otherwise the person who records it made it. What a clerk records who is also a planning lead
    was always made by the group."""

    meeting: Meeting | None = None
    minute: str = ""
    by_group: bool = False


BY_THE_PERSON = Made()


def decide_new_date(
    escalation: Escalation,
    expected_on: date,
    explanation: str,
    *,
    shared: bool,
    by: User,
    today: date,
    now: datetime,
    made: Made = BY_THE_PERSON,
    cause: Cause | None = None,
) -> Decision:
    """Note a new expected date, by the rules of any other. It settles the escalation."""
    by_lead = _ensure_may_decide(escalation, by, today, made, stands_apart=False)
    note_expected_date(
        escalation.milestone,
        expected_on,
        explanation,
        shared=shared,
        by=by,
        today=today,
        now=now,
        at_a_meeting=by_lead,
        cause=cause,
    )
    return _decide(
        escalation,
        DecisionOutcome.NEW_DATE,
        made,
        by=by,
        now=now,
        by_lead=by_lead,
        expected_on=expected_on,
        text=explanation.strip(),
    )


def ask_for_next_steps(
    escalation: Escalation,
    title: str,
    *,
    owner: User | None,
    due_on: date,
    by: User,
    today: date,
    now: datetime,
    made: Made = BY_THE_PERSON,
) -> Decision:
    """Ask for something to be done by somebody by a day: a milestone of its own, below the one that was escalated."""
    by_lead = _ensure_may_decide(escalation, by, today, made)
    step = add_next_step(escalation.milestone, title, owner=owner, due_on=due_on, by=by, today=today, now=now)
    return _decide(escalation, DecisionOutcome.NEXT_STEPS, made, by=by, now=now, by_lead=by_lead, next_step=step)


def refer_on(
    escalation: Escalation,
    to: str,
    why: str,
    *,
    by: User,
    today: date,
    now: datetime,
    made: Made = BY_THE_PERSON,
) -> Decision:
    """Refer it on to somebody outside the group, who is named, with the reason. Nobody is mailed by it."""
    by_lead = _ensure_may_decide(escalation, by, today, made)
    if not to.strip():
        raise RuleBroken("Enter who you are referring this to.", field="referred_to")
    _ensure_reason(why, field="referral_reason")
    return _decide(
        escalation,
        DecisionOutcome.REFER_ON,
        made,
        by=by,
        now=now,
        by_lead=by_lead,
        referred_to=to.strip(),
        text=why.strip(),
    )


def take_no_action(
    escalation: Escalation, why: str, *, by: User, today: date, now: datetime, made: Made = BY_THE_PERSON
) -> Decision:
    """Take note of it and do nothing further, with the reason."""
    by_lead = _ensure_may_decide(escalation, by, today, made)
    _ensure_reason(why, field="no_action_reason")
    return _decide(escalation, DecisionOutcome.NO_ACTION, made, by=by, now=now, by_lead=by_lead, text=why.strip())


def _ensure_unsettled(escalation: Escalation) -> None:
    if escalation.resolved_at is not None:
        raise RuleBroken("This has already been settled, so there is nothing to decide.")
    if escalation.audience not in OF_THE_GROUP:
        raise RuleBroken(
            "This was escalated to the Scottish Government escalation group, so the governance group cannot decide "
            "on it."
        )


def _ensure_may_decide(escalation: Escalation, by: User, today: date, made: Made, *, stands_apart: bool = True) -> bool:
    """Whether the person records it as the clerk who is also a planning lead.

    Raises RuleBroken for what is settled, without meeting or minute for such a clerk, and with `stands_apart` for the
    owner and the planning leads, who do not decide on their own work.
    """
    _ensure_unsettled(escalation)
    if records_as_lead(viewer_of(by.id, today), escalation.milestone.partnership_id):
        ensure_minuted(has_meeting=made.meeting is not None, minute=made.minute)
        return True
    if stands_apart:
        ensure_stands_apart(escalation.milestone, by, today, what="decide on it")
    return False


def _ensure_reason(why: str, *, field: str) -> None:
    if len(why.strip()) < SHORTEST_EXPLANATION:
        raise RuleBroken("Explain why, in a sentence.", field=field)


def _decide(
    escalation: Escalation,
    outcome: DecisionOutcome,
    made: Made,
    *,
    by: User,
    now: datetime,
    by_lead: bool,
    **facts: Any,
) -> Decision:
    """Write the decision down, and count it as a change of the milestone: of two members who decide at once on the
    same page, the second is shown what the first decided. It answers everything of the milestone that waits for the
    group or its chair, whichever rung it was made on."""
    decision = Decision(
        escalation_id=escalation.id,
        outcome=outcome,
        meeting=made.meeting,
        minute=made.minute.strip(),
        made_by_id=None if made.by_group or by_lead else by.id,
        recorded_by=by,
        recorded_at=now,
        by_lead=by_lead,
        **facts,
    )
    db.session.add(decision)
    db.session.refresh(escalation, attribute_names=["resolved_at", "resolution"])
    escalation.decided_at = now
    _decide_with_it(escalation, now)
    flag_modified(escalation.milestone, "state")
    db.session.flush()
    audit.record(
        "escalation",
        escalation.id,
        "decided",
        by=by,
        at=now,
        partnership_id=escalation.milestone.partnership_id,
        after={"outcome": outcome, "decision_id": decision.id, "milestone_id": escalation.milestone_id},
        reason=decision.text,
    )
    if by_lead:
        notify_chairs(decision, now=now)
    return decision


def _decide_with_it(escalation: Escalation, now: datetime) -> None:
    db.session.execute(
        update(Escalation)
        .where(
            Escalation.milestone_id == escalation.milestone_id,
            Escalation.id != escalation.id,
            Escalation.audience.in_(sorted(OF_THE_GROUP)),
            Escalation.resolved_at.is_(None),
            Escalation.decided_at.is_(None),
        )
        .values(decided_at=now)
        .execution_options(synchronize_session="fetch")
    )
