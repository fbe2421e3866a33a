"""A new expected date with its explanation: it waives nothing, and the lag stays to be seen."""

from datetime import date, datetime, timedelta

from sqlalchemy import update

from cycle_tracker.domain.errors import RuleBroken
from cycle_tracker.domain.permissions import Role
from cycle_tracker.extensions import db
from cycle_tracker.models import (
    DateChange,
    DateChangeKind,
    Decision,
    DecisionOutcome,
    Escalation,
    Milestone,
    Resolution,
    User,
)
from cycle_tracker.queries.viewers import viewer_of
from cycle_tracker.services import audit
from cycle_tracker.services.notices import restart_notices

SHORTEST_EXPLANATION = 10
FURTHEST_AHEAD = timedelta(days=3 * 366)
"""A new expected date lies within the length of a plan period; beyond that it is a slip of the keyboard."""


def note_expected_date(
    milestone: Milestone,
    expected_on: date,
    explanation: str,
    *,
    shared: bool,
    by: User,
    today: date,
    now: datetime,
    proposed_by: User | None = None,
) -> DateChange:
    """Note a new expected date. `due_on` becomes that date and `target_on` keeps the guidance date.

    It counts only where somebody notes it who is not the owner, the proposer or one of the partnership's leads.
    Raises RuleBroken for such a person, for a day that is not to come, and for an explanation that says nothing.
    """
    if not milestone.is_open:
        raise RuleBroken(f"This is {milestone.state.label.lower()}, so it needs no new date.")
    if by.id in {milestone.owner_id, proposed_by.id if proposed_by else None} or _is_lead(by, milestone, today):
        raise RuleBroken("Somebody other than the owner and the planning leads must note the new date.")
    if expected_on <= today:
        raise RuleBroken("The new expected date must be in the future.", field="expected_on")
    if expected_on > today + FURTHEST_AHEAD:
        raise RuleBroken("The new expected date must be within three years.", field="expected_on")
    if milestone.due_on is not None and expected_on <= milestone.due_on:
        raise RuleBroken("The new expected date must be after the present one.", field="expected_on")
    if len(explanation.strip()) < SHORTEST_EXPLANATION:
        raise RuleBroken("Say why the date has passed and what will happen by the new one.", field="explanation")
    change = DateChange(
        milestone_id=milestone.id,
        kind=DateChangeKind.EXPECTED,
        old_due_on=milestone.due_on,
        new_due_on=expected_on,
        reason=explanation.strip(),
        shared=shared,
        proposed_by_id=proposed_by.id if proposed_by else None,
        noted_by_id=by.id,
        noted_at=now,
    )
    db.session.add(change)
    audit.record_milestone(
        milestone,
        "expected-date-noted",
        by=by,
        at=now,
        before={"due_on": milestone.due_on},
        after={"due_on": expected_on, "shared": shared},
        reason=explanation.strip(),
    )
    milestone.due_on, milestone.expected_date = expected_on, True
    restart_notices(milestone, resolution=Resolution.NEW_DATE, now=now)
    db.session.flush()
    return change


def decide_new_date(
    escalation: Escalation,
    expected_on: date,
    explanation: str,
    *,
    shared: bool,
    by: User,
    today: date,
    now: datetime,
) -> None:
    """The governance group's decision to note a new expected date: kept on the escalation that it answers."""
    if escalation.resolved_at is not None:
        raise RuleBroken("This has been settled already, so there is nothing left to decide.")
    note_expected_date(escalation.milestone, expected_on, explanation, shared=shared, by=by, today=today, now=now)
    db.session.add(
        Decision(
            escalation_id=escalation.id,
            outcome=DecisionOutcome.NEW_DATE,
            expected_on=expected_on,
            text=explanation.strip(),
            made_by_id=by.id,
            recorded_by_id=by.id,
            recorded_at=now,
        )
    )
    db.session.execute(update(Escalation).where(Escalation.id == escalation.id).values(decided_at=now))
    db.session.refresh(escalation)


def _is_lead(user: User, milestone: Milestone, today: date) -> bool:
    """True for a planning lead of the milestone's partnership; of a national milestone, for nobody."""
    partnership_id = milestone.partnership_id
    return partnership_id is not None and Role.LEAD in viewer_of(user.id, today).roles_in(partnership_id)
