"""A document that Scottish Government does not ask for. It stays to be seen, with the reason."""

from datetime import datetime

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import IllegalTransition, RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.core.lifecycle import State, ensure_allowed
from cycle_tracker.milestones.services.milestones import reopen_milestone
from cycle_tracker.models.escalation import Resolution
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User
from cycle_tracker.reminders.services.notices import stop_notices


def mark_not_required(document: Milestone, reason: str, *, by: User, now: datetime) -> None:
    """Say that a document is not required; nothing more is told of it. Who may is asked where it is fetched.

    Raises RuleBroken for what is no document or without a reason, IllegalTransition for one that is done or closed.
    """
    if not document.is_document:
        raise RuleBroken("Only a plan or an annual report can be marked as not required.")
    if not reason.strip():
        raise RuleBroken("Enter the reason this is not required.", field="reason")
    ensure_allowed(document.state, State.NOT_REQUIRED)
    audit.record_milestone(
        document,
        "not-required",
        by=by,
        at=now,
        before={"state": document.state},
        after={"state": State.NOT_REQUIRED},
        reason=reason.strip(),
    )
    document.state, document.reason = State.NOT_REQUIRED, reason.strip()
    stop_notices(document, resolution=Resolution.CLOSED, now=now)
    db.session.flush()


def require_again(document: Milestone, reason: str, *, by: User, now: datetime) -> None:
    """Take "not required" back, with a reason: the document is open, and its notices start afresh.

    Raises RuleBroken without a reason, IllegalTransition where it is required as it is.
    """
    if document.state is not State.NOT_REQUIRED:
        raise IllegalTransition(f"This is {document.state.label.lower()}, so it is already required.")
    reopen_milestone(document, reason.strip(), by=by, now=now)
    document.reason = ""
    db.session.flush()
