"""Requests for an update: what can be asked about, what was asked, and to whom it was mailed."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import contains_eager, joinedload

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT, IS_OPEN, within
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.errors import NotAllowed
from cycle_tracker.core.extensions import db
from cycle_tracker.core.message_states import MessageState
from cycle_tracker.core.statements import OneOf, built_once, day_of, number_of, rows_of
from cycle_tracker.documents.queries.documents import facts_of, shared_explanations
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.milestones.queries.due_states import is_past
from cycle_tracker.models import Message, MessageKind, Milestone, Partnership, UpdateRequest, User
from cycle_tracker.models.base import UtcDateTime
from cycle_tracker.requests.rules import RequestState, RequestSubject


class RequestSort(StrEnum):
    """What the list of requests can be sorted by."""

    REPLY = "reply"
    """Those that wait for a reply first, the earliest date before the others; then the newest of the rest."""
    ASKED = "asked"
    PARTNERSHIP = "partnership"


@dataclass(frozen=True)
class RequestsWanted:
    """Which requests are listed: of one partnership or of all, in one state or in any."""

    partnership: str = ""
    state: RequestState | None = None
    sort: RequestSort = RequestSort.REPLY


@dataclass(frozen=True)
class MailedTo:
    """One person who was mailed a request, and what became of the mail."""

    name: str
    address: str
    state: MessageState
    trouble: str


def list_documents_to_ask(viewer: Viewer, milestone_ids: Collection[int], *, hold: bool = False) -> Sequence[Milestone]:
    """The documents among these that are open, where the person may ask about them; others are left out.

    With partnership and owner, by partnership. In one statement. With `hold`, until the end of the transaction nobody
    else asks about them or finishes them.
    """
    statement = (
        select(Milestone)
        .join(Milestone.partnership)
        .where(
            Milestone.id.in_(milestone_ids),
            IS_DOCUMENT,
            IS_OPEN,
            _within(viewer, Permission.ASK_FOR_UPDATES),
        )
        .options(contains_eager(Milestone.partnership), joinedload(Milestone.owner))
        .order_by(Partnership.name, Milestone.target_on, Milestone.id)
    )
    return db.session.scalars(statement.with_for_update(of=Milestone) if hold else statement).all()


def as_asked(documents: Sequence[Milestone], today: date) -> list[RequestSubject]:
    """What officials may know of these open documents, in their order; in one statement."""
    explanations = shared_explanations(documents)
    found = []
    for document in documents:
        explanation = explanations.get(document.id)
        state = document_state(facts_of(document, None, explanation, notified=False), today)
        expected_on = explanation.new_due_on if explanation and state is DocumentState.EXPLAINED else None
        place = document.partnership.name if document.partnership else "Scotland"
        found.append(RequestSubject(document.title, place, state, document.target_on, expected_on))
    return found


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
    request = db.session.scalars(_requests().where(UpdateRequest.id == request_id)).one()
    partnership_id = request.milestone.partnership_id
    if not viewer.can(Permission.READ_DOCUMENTS, partnership_id):
        raise NoResultFound
    if to is not None and not viewer.can(to, partnership_id):
        raise NotAllowed
    return request


def list_update_requests(
    viewer: Viewer, wanted: RequestsWanted, today: date, *, page: int = 1, per_page: int | None = None
) -> Sequence[UpdateRequest]:
    """Requests about the documents that the person reads, one page of them or all; in one statement."""
    statement = _wanted(viewer, wanted, today).order_by(*_order(wanted.sort))
    if per_page is not None:
        statement = statement.limit(per_page).offset((page - 1) * per_page)
    return db.session.scalars(statement).all()


def count_update_requests(viewer: Viewer, wanted: RequestsWanted, today: date) -> int:
    """How many there are in all."""
    found = _wanted(viewer, wanted, today).with_only_columns(UpdateRequest.id).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def list_requests_to_answer(viewer: Viewer, *, limit: int) -> Sequence[UpdateRequest]:
    """What waits for an answer in the partnerships that the person answers for, the earliest date first."""
    held = viewer.partnerships_with(Permission.ANSWER_UPDATES)
    return db.session.scalars(_to_answer(reach_of(held)), {"at_most": limit, **values_of(held)}).all()


@built_once
def _to_answer(reach: Reach) -> Select[UpdateRequest]:
    # In the whole nation fewer wait than a partnership has milestones. So they are found first; a partnership that is
    # worked out from its number keeps SQLite from beginning with all of its milestones.
    unanswered = select(UpdateRequest.id).where(UpdateRequest.answered_at.is_(None))
    partnership = Milestone.partnership_id + 0
    return (
        _requests()
        .where(in_reach(partnership, reach), _is_waiting(), OneOf(UpdateRequest.id, unanswered))
        .order_by(UpdateRequest.reply_by.is_(None), UpdateRequest.reply_by, UpdateRequest.id)
        .limit(number_of("at_most"))
    )


def list_requests_at_hand(viewer: Viewer, *, answered_since: datetime, limit: int) -> Sequence[UpdateRequest]:
    """What an official follows: requests that wait, the earliest date first, then those answered since, the newest
    first."""
    held = viewer.partnerships_with(Permission.ASK_FOR_UPDATES)
    values = {"answered_since": answered_since, "at_most": limit, **values_of(held)}
    return db.session.scalars(_at_hand(reach_of(held)), values).all()


@built_once
def _at_hand(reach: Reach) -> Select[UpdateRequest]:
    answered_since = bindparam("answered_since", type_=UtcDateTime)
    return (
        _requests()
        .where(
            in_reach(Milestone.partnership_id, reach),
            or_(_is_waiting(), UpdateRequest.answered_at >= answered_since),
        )
        .order_by(
            UpdateRequest.answered_at.is_not(None),
            UpdateRequest.answered_at.desc(),
            UpdateRequest.reply_by,
            UpdateRequest.id,
        )
        .limit(number_of("at_most"))
    )


def count_by_state(viewer: Viewer, today: date) -> dict[RequestState, int]:
    """How many requests there are in each state, of those that the person may ask for; in one statement."""
    held = viewer.partnerships_with(Permission.ASK_FOR_UPDATES)
    row = rows_of(_numbers_by_state(reach_of(held)), today=today, **values_of(held))[0]
    return dict(zip(RequestState, row, strict=True))


@built_once
def _numbers_by_state(reach: Reach) -> Select[*tuple[Any, ...]]:
    counts = [func.count().filter(in_state(state, day_of())) for state in RequestState]
    return (
        select(*counts)
        .select_from(UpdateRequest)
        .join(UpdateRequest.milestone)
        .join(Milestone.partnership)
        .where(in_reach(Milestone.partnership_id, reach))
    )


def list_requests_about(milestone: Milestone) -> Sequence[UpdateRequest]:
    """Every request about one document, the newest first."""
    return db.session.scalars(_about(), {"milestone": milestone.id}).all()


@built_once
def _about() -> Select[UpdateRequest]:
    return _requests().where(UpdateRequest.milestone_id == number_of("milestone")).order_by(UpdateRequest.id.desc())


def list_waiting_requests_in(partnership: Partnership) -> Sequence[UpdateRequest]:
    """The requests about documents of one partnership that wait for an answer, the earliest date first."""
    return db.session.scalars(
        _requests()
        .where(Milestone.partnership_id == partnership.id, _is_waiting())
        .order_by(UpdateRequest.reply_by.is_(None), UpdateRequest.reply_by, UpdateRequest.id)
    ).all()


def mailed_to(request_ids: Collection[int]) -> dict[int, list[MailedTo]]:
    """By request, the people it was mailed to; in one statement.

    A request and its mails are written in one transaction with one instant, and there is one request about a document
    at an instant: that is what ties them.
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
        RequestState.OVERDUE: and_(_is_waiting(), late),
        RequestState.WAITING: and_(_is_waiting(), ~late),
    }[state]


def _is_waiting() -> ColumnElement[bool]:
    return and_(UpdateRequest.answered_at.is_(None), IS_OPEN)


def _wanted(viewer: Viewer, wanted: RequestsWanted, today: date) -> Select[UpdateRequest]:
    statement = _requests().where(_within(viewer, Permission.READ_DOCUMENTS))
    if wanted.partnership:
        statement = statement.where(Partnership.slug == wanted.partnership)
    if wanted.state is not None:
        statement = statement.where(in_state(wanted.state, today))
    return statement


def _order(sort: RequestSort) -> Sequence[Any]:
    newest_first = (UpdateRequest.asked_at.desc(), UpdateRequest.id.desc())
    if sort is RequestSort.ASKED:
        return newest_first
    if sort is RequestSort.PARTNERSHIP:
        return (Partnership.name, Partnership.id, *newest_first)
    waits = _is_waiting()
    return (case((waits, 0), else_=1), case((waits, UpdateRequest.reply_by)), *newest_first)


def _requests() -> Select[UpdateRequest]:
    """With all that a list says of a request."""
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


def _within(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """True for the documents of the partnerships in which the person holds the permission."""
    return within(Milestone.partnership_id, viewer, permission)
