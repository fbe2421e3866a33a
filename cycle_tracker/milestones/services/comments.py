"""Saying something of a milestone, and taking it back."""

from datetime import datetime, timedelta

from cycle_tracker.audit.services import audit
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.jobs.services.locks import lock
from cycle_tracker.milestones.queries.comments import find_same_comment
from cycle_tracker.models.evidence import Comment
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.user import User

LONGEST_COMMENT = 2000
PRESSED_TWICE = timedelta(minutes=1)


def write_comment(milestone: Milestone, text: str, *, by: User, now: datetime) -> Comment:
    """Say something; within a minute the same words of the same person are the same comment.

    Raises RuleBroken, for the field `text`, where it says nothing or too much.
    """
    words = text.strip()
    if not words:
        raise RuleBroken("Write a comment.", field="text")
    if len(words) > LONGEST_COMMENT:
        raise RuleBroken(f"The comment must be {LONGEST_COMMENT:,} characters or fewer.", field="text")
    lock(milestone)
    same = find_same_comment(milestone, by.id, words, since=now - PRESSED_TWICE)
    if same is not None:
        return same
    comment = Comment(milestone_id=milestone.id, author_id=by.id, written_at=now, text=words)
    db.session.add(comment)
    db.session.flush()
    audit.record("comment", comment.id, "written", by=by, at=now, partnership_id=milestone.partnership_id)
    return comment


def take_back_comment(milestone: Milestone, comment: Comment, *, by: User, now: datetime) -> None:
    """Take one's own words back: they go, and that there was a comment stays. Doing it twice changes nothing more."""
    if comment.removed_at is not None:
        return
    comment.text, comment.removed_at = "", now
    audit.record("comment", comment.id, "taken-back", by=by, at=now, partnership_id=milestone.partnership_id)
    db.session.flush()
