"""Requests for an update: one request, its state, and the people to whom it was emailed."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.queries.scopes import IS_OPEN
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.milestones.queries.due_states import is_past
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.models.user import User
from cycle_tracker.requests.rules import RequestState


@dataclass(frozen=True)
class MailedTo:
    """One person who was emailed a request, and what became of the email."""

    name: str
    address: str
    state: MessageState
    trouble: str


def newest_requests(milestone_ids: Collection[int]) -> dict[int, UpdateRequest]:
    """By document, the request that was sent last, with who asked; in one statement."""
    newest = (
        select(func.max(UpdateRequest.id))
        .where(UpdateRequest.milestone_id.in_(milestone_ids))
        .group_by(UpdateRequest.milestone_id)
    )
    rows = db.session.scalars(
        select(UpdateRequest)
        .where(UpdateRequest.id.in_(newest))
        .options(joinedload(UpdateRequest.asked_by))
        .order_by(UpdateRequest.id)
    )
    return {row.milestone_id: row for row in rows}


def get_update_request(viewer: Viewer, request_id: int, *, to: Permission | None = None) -> UpdateRequest:
    """One request with its document and partnership.

    Raises NoResultFound where there is none or the person may not read the document, and NotAllowed where they may
    and lack the permission `to` in that partnership.
    """
    request = db.session.scalars(whole_requests().where(UpdateRequest.id == request_id)).one()
    partnership_id = request.milestone.partnership_id
    if not viewer.can(Permission.READ_DOCUMENTS, partnership_id):
        raise NoResultFound
    if to is not None and not viewer.can(to, partnership_id):
        raise NotAllowed
    return request


def mailed_to(request_ids: Collection[int]) -> dict[int, list[MailedTo]]:
    """By request, the people it was emailed to; in one statement.

    A request and its emails are written in one transaction at one instant, and there is one request about a document at
    an instant: that connects them.
    """
    rows = db.session.execute(
        select(UpdateRequest.id, User.name, Message.recipient, Message.state, Message.trouble)
        .join(
            Message,
            and_(
                Message.milestone_id == UpdateRequest.milestone_id,
                Message.queued_at == UpdateRequest.asked_at,
                Message.kind == MessageKind.UPDATE_REQUEST,
            ),
        )
        .join(User, User.id == Message.user_id)
        .where(UpdateRequest.id.in_(request_ids))
        .order_by(UpdateRequest.id, Message.id)
    )
    found: dict[int, list[MailedTo]] = defaultdict(list)
    for request_id, name, address, state, trouble in rows:
        found[request_id].append(MailedTo(name, address, state, trouble))
    return found


def in_state(state: RequestState, today: Any) -> ColumnElement[bool]:
    """True for the requests in a state: the twin of `requests.rules.request_state`, which a test holds it to.

    For statements on UpdateRequest joined with Milestone.
    """
    late = is_past(UpdateRequest.reply_by, today)
    return {
        RequestState.ANSWERED: UpdateRequest.answered_at.is_not(None),
        RequestState.SETTLED: and_(UpdateRequest.answered_at.is_(None), ~IS_OPEN),
        RequestState.OVERDUE: and_(is_waiting(), late),
        RequestState.WAITING: and_(is_waiting(), ~late),
    }[state]


def is_waiting() -> ColumnElement[bool]:
    """True for requests without an answer whose document is still open."""
    return and_(UpdateRequest.answered_at.is_(None), IS_OPEN)


def whole_requests() -> Select[UpdateRequest]:
    """Requests with everything that a list shows of each: document, partnership, and who asked and answered."""
    return (
        select(UpdateRequest)
        .join(UpdateRequest.milestone)
        .join(Milestone.partnership)
        .options(
            contains_eager(UpdateRequest.milestone).contains_eager(Milestone.partnership),
            joinedload(UpdateRequest.asked_by),
            joinedload(UpdateRequest.answered_by),
        )
    )
