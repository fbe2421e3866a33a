"""What people of a partnership say of a milestone; each comment fetched and authorised in one call."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import built_once, number_of
from cycle_tracker.milestones.queries.milestones import get_milestone
from cycle_tracker.models.evidence import Comment
from cycle_tracker.models.milestone import Milestone

LISTED_AT_MOST = 50


def newest_comments(milestone: Milestone, *, at_most: int) -> Sequence[Comment]:
    """The newest comments with their authors, the newest of them last; with those withdrawn, to keep their place."""
    found = db.session.scalars(_newest_comments(), {"milestone": milestone.id, "at_most": at_most}).all()
    return found[::-1]


@built_once
def _newest_comments() -> Select[Comment]:
    return (
        select(Comment)
        .where(Comment.milestone_id == number_of("milestone"))
        .options(joinedload(Comment.author))
        .order_by(Comment.id.desc())
        .limit(number_of("at_most"))
    )


def list_comments(milestone: Milestone, *, page: int) -> Sequence[Comment]:
    """One page of the comments with their authors, the newest last."""
    return db.session.scalars(
        select(Comment)
        .where(Comment.milestone_id == milestone.id)
        .options(joinedload(Comment.author))
        .order_by(Comment.id)
        .limit(LISTED_AT_MOST)
        .offset((page - 1) * LISTED_AT_MOST)
    ).all()


def count_comments(milestone: Milestone) -> int:
    """How many there are, with those withdrawn."""
    return db.session.scalar(select(func.count()).where(Comment.milestone_id == milestone.id)) or 0


def find_same_comment(milestone: Milestone, author_id: int, text: str, *, since: datetime) -> Comment | None:
    """What the same person said in the same words since then: a button pressed twice."""
    return db.session.scalars(
        select(Comment)
        .where(
            Comment.milestone_id == milestone.id,
            Comment.author_id == author_id,
            Comment.text == text,
            Comment.written_at >= since,
            Comment.removed_at.is_(None),
        )
        .order_by(Comment.id)
        .limit(1)
    ).one_or_none()


def get_own_comment(viewer: Viewer, slug: str, key: str, comment_id: int) -> tuple[Milestone, Comment]:
    """A comment that the person wrote, with its milestone.

    Raises NoResultFound where there is none or they may not see the milestone, and NotAllowed for another's.
    """
    milestone = get_milestone(viewer, slug, key, to=Permission.COMMENT)
    comment = db.session.scalars(
        select(Comment).where(Comment.id == comment_id, Comment.milestone_id == milestone.id)
    ).one()
    if comment.author_id != viewer.user_id:
        raise NotAllowed
    return milestone, comment
