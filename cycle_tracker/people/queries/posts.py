"""Posts and the people who act for them."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import aliased

from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import PostHolder, User


def list_holders(post_id: int) -> Sequence[User]:
    """The people who act for a post, by name."""
    return db.session.scalars(
        select(User)
        .join(PostHolder, PostHolder.user_id == User.id)
        .where(PostHolder.post_id == post_id)
        .order_by(User.name, User.id)
    ).all()


def list_posts_of(user_id: int) -> Sequence[User]:
    """The posts that a person acts for, by name."""
    return db.session.scalars(
        select(User)
        .join(PostHolder, PostHolder.post_id == User.id)
        .where(PostHolder.user_id == user_id)
        .order_by(User.name, User.id)
    ).all()


def holders_of(post_ids: Collection[int]) -> dict[int, list[str]]:
    """The names of the active people who act for each of these posts."""
    found: dict[int, list[str]] = defaultdict(list)
    holder = aliased(User)
    for post_id, name in db.session.execute(
        select(PostHolder.post_id, holder.name)
        .join(holder, holder.id == PostHolder.user_id)
        .where(PostHolder.post_id.in_(post_ids), holder.active)
        .order_by(holder.name, holder.id)
    ):
        found[post_id].append(name)
    return found
