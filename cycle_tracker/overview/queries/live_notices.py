"""Notices that count: sent or waiting, and neither superseded nor withdrawn."""

from collections.abc import Collection

from sqlalchemy import func, select

from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.extensions import db
from cycle_tracker.models.notice import Notice


def count_live_notices(milestone_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """By milestone, how many notices count, and how many of them are its owner's; in one statement."""
    rows = db.session.execute(
        select(
            Notice.milestone_id,
            func.count().label("all_of_them"),
            func.count().filter(Notice.audience == Audience.OWNER).label("of_owner"),
        )
        .where(Notice.milestone_id.in_(milestone_ids), Notice.ended_at.is_(None))
        .group_by(Notice.milestone_id)
    ).all()
    return {row.milestone_id: (row.all_of_them, row.of_owner) for row in rows}
