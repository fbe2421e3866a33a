"""Emails about a partnership that could not be delivered, for those who know the people in it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.statements import Asked, built_once, is_one_of
from cycle_tracker.models.base import UtcDateTime
from cycle_tracker.models.message import Message
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.notice import Notice

LISTED_AT_MOST = 10


def failed_about(partnership_ids: Collection[int], since: datetime) -> Asked:
    """The emails given up since this instant that are about these partnerships, the latest first: recipient, ended_at,
    trouble, and how many of their milestones each is about. One statement.

    Not those whose person got a later email: the address is right by now.
    """
    held = frozenset(partnership_ids)
    return Asked(_failed_about(reach_of(held)), {"since": since, **values_of(held)})


@built_once
def _failed_about(reach: Reach) -> Select[*tuple[Any, ...]]:
    later = aliased(Message)
    got_a_later_one = exists().where(
        later.user_id == Message.user_id, later.id > Message.id, is_one_of(later.state, [MessageState.SENT])
    )
    return (
        select(
            Message.id,
            Message.recipient,
            Message.ended_at,
            Message.trouble,
            func.count(Milestone.id.distinct()).label("milestones"),
        )
        .outerjoin(Notice, Notice.message_id == Message.id)
        .join(Milestone, Milestone.id == func.coalesce(Notice.milestone_id, Message.milestone_id))
        .where(
            is_one_of(Message.state, [MessageState.FAILED]),
            Message.ended_at >= bindparam("since", type_=UtcDateTime),
            in_reach(Milestone.partnership_id, reach),
            ~got_a_later_one,
        )
        .group_by(Message.id, Message.recipient, Message.ended_at, Message.trouble)
        .order_by(Message.id.desc())
        .limit(LISTED_AT_MOST)
    )
