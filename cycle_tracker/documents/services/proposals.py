"""A planning lead proposes a new expected date with an explanation. It changes nothing until somebody else notes it."""

from datetime import date, datetime

from sqlalchemy.orm.attributes import flag_modified

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.kinds import Cause
from cycle_tracker.documents.queries.proposals import find_proposal
from cycle_tracker.documents.rules.explanations import ensure_new_date
from cycle_tracker.documents.services.explanations import (
    ensure_begun,
    ensure_open,
    ensure_stands_apart,
    note_expected_date,
)
from cycle_tracker.models.date_change import DateChange, DateChangeKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User

NOTHING_WAITS = "There is no proposal to decide. It was agreed, declined or withdrawn."


def propose_date(
    milestone: Milestone,
    expected_on: date,
    explanation: str,
    *,
    shared: bool,
    by: User,
    today: date,
    now: datetime,
    cause: Cause | None = None,
) -> DateChange:
    """Propose a new expected date. The proposer's own proposal that waits is replaced; there is one at a time.

    Raises RuleBroken where another's waits, for a milestone that is closed or has no date, for a document that does
    not open until later, for a day that is not to come and for an explanation that says nothing.
    """
    ensure_open(milestone)
    if milestone.due_on is None:
        raise RuleBroken("This has no date yet, so you cannot explain it.")
    ensure_begun(milestone, today)
    ensure_new_date(expected_on, explanation, present=milestone.due_on, today=today)
    waiting = find_proposal(milestone)
    if waiting is not None and waiting.proposed_by_id != by.id:
        raise RuleBroken("Someone else has already proposed a date. It must be agreed or declined first.")
    if waiting is not None:
        _end(waiting, by=by, now=now)
    proposal = DateChange(
        milestone_id=milestone.id,
        kind=DateChangeKind.EXPECTED,
        old_due_on=milestone.due_on,
        new_due_on=expected_on,
        reason=explanation.strip(),
        cause=cause,
        shared=shared,
        proposed_by_id=by.id,
        proposed_at=now,
    )
    db.session.add(proposal)
    _record(milestone, "date-proposed", by=by, now=now, after={"due_on": expected_on}, reason=explanation.strip())
    return proposal


def withdraw_proposal(milestone: Milestone, *, by: User, now: datetime) -> None:
    """Take one's own proposal back. Raises RuleBroken where none waits, and for anybody but its proposer."""
    proposal = _waiting(milestone)
    if proposal.proposed_by_id != by.id:
        raise RuleBroken("Only the person who proposed this date can withdraw it.")
    _end(proposal, by=by, now=now)
    _record(milestone, "proposal-withdrawn", by=by, now=now)


def note_proposal(milestone: Milestone, *, shared: bool, by: User, today: date, now: datetime) -> DateChange:
    """Note the date that was proposed: it becomes the date worked to. The rules are those of any new expected date."""
    proposal = _waiting(milestone)
    if proposal.new_due_on is None:
        raise ValueError("a proposal names a date")
    proposer = db.session.get(User, proposal.proposed_by_id) if proposal.proposed_by_id else None
    return note_expected_date(
        milestone,
        proposal.new_due_on,
        proposal.reason,
        shared=shared,
        by=by,
        today=today,
        now=now,
        proposed_by=proposer,
        cause=proposal.cause,
    )


def decline_proposal(milestone: Milestone, why: str, *, by: User, today: date, now: datetime) -> None:
    """Say no to a proposal, with a reason. Raises RuleBroken without one, where none waits, and for those who could
    not note it either."""
    proposal = _waiting(milestone)
    ensure_stands_apart(milestone, by, today, proposed_by_id=proposal.proposed_by_id)
    if not why.strip():
        raise RuleBroken("Enter the reason for declining.", field="why")
    _end(proposal, by=by, now=now, why=why.strip())
    _record(milestone, "proposal-declined", by=by, now=now, reason=why.strip())


def _waiting(milestone: Milestone) -> DateChange:
    proposal = find_proposal(milestone)
    if proposal is None:
        raise RuleBroken(NOTHING_WAITS)
    return proposal


def _end(proposal: DateChange, *, by: User, now: datetime, why: str = "") -> None:
    """Decline it, or with its own proposer in `by` withdraw it."""
    proposal.declined_by_id, proposal.declined_at, proposal.declined_why = by.id, now, why


def _record(
    milestone: Milestone,
    action: str,
    *,
    by: User,
    now: datetime,
    after: dict[str, date] | None = None,
    reason: str = "",
) -> None:
    """Write it down, and count it as a change of the milestone: two people who act at once do not both succeed."""
    audit.record_milestone(milestone, action, by=by, at=now, after=after, reason=reason)
    flag_modified(milestone, "state")
    db.session.flush()
