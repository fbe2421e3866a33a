"""Lists and counts of requests for an update."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import within
from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.extensions import db
from cycle_tracker.core.statements import Asked, OneOf, built_once, day_of, number_of, rows_of
from cycle_tracker.models.base import UtcDateTime
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.officials import UpdateRequest
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.requests.queries.requests import in_state, is_waiting, whole_requests
from cycle_tracker.requests.rules import RequestState


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


def requests_to_answer(viewer: Viewer) -> Asked:
    """The numbers of the same."""
    held = viewer.partnerships_with(Permission.ANSWER_UPDATES)
    return Asked(_numbers_to_answer(reach_of(held)), values_of(held))


@built_once
def _numbers_to_answer(reach: Reach) -> Select[int]:
    statement = select(UpdateRequest.id).join(UpdateRequest.milestone).join(Milestone.partnership)
    return statement.where(*_is_to_answer(reach))


@built_once
def _to_answer(reach: Reach) -> Select[UpdateRequest]:
    return (
        whole_requests()
        .where(*_is_to_answer(reach))
        .order_by(UpdateRequest.reply_by.is_(None), UpdateRequest.reply_by, UpdateRequest.id)
        .limit(number_of("at_most"))
    )


def _is_to_answer(reach: Reach) -> Iterable[ColumnElement[bool]]:
    # In all of Scotland fewer wait than a partnership has milestones. So they are found first; a partnership that is
    # worked out from its number keeps SQLite from beginning with all of its milestones.
    unanswered = select(UpdateRequest.id).where(UpdateRequest.answered_at.is_(None))
    partnership = Milestone.partnership_id + 0
    return in_reach(partnership, reach), is_waiting(), OneOf(UpdateRequest.id, unanswered)


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
        whole_requests()
        .where(
            in_reach(Milestone.partnership_id, reach),
            or_(is_waiting(), UpdateRequest.answered_at >= answered_since),
        )
        .order_by(
            UpdateRequest.answered_at.is_not(None),
            UpdateRequest.answered_at.desc(),
            UpdateRequest.reply_by,
            UpdateRequest.id,
        )
        .limit(number_of("at_most"))
    )


def requests_followed(viewer: Viewer) -> Asked:
    """The requests that the person may ask for, by number: whether there are any."""
    held = viewer.partnerships_with(Permission.ASK_FOR_UPDATES)
    return Asked(_followed(reach_of(held)), values_of(held))


@built_once
def _followed(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        select(UpdateRequest.id)
        .join(UpdateRequest.milestone)
        .join(Milestone.partnership)
        .where(in_reach(Milestone.partnership_id, reach))
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
    return (
        whole_requests().where(UpdateRequest.milestone_id == number_of("milestone")).order_by(UpdateRequest.id.desc())
    )


def list_waiting_requests_in(partnership: Partnership) -> Sequence[UpdateRequest]:
    """The requests about documents of one partnership that wait for an answer, the earliest date first."""
    return db.session.scalars(
        whole_requests()
        .where(Milestone.partnership_id == partnership.id, is_waiting())
        .order_by(UpdateRequest.reply_by.is_(None), UpdateRequest.reply_by, UpdateRequest.id)
    ).all()


def _wanted(viewer: Viewer, wanted: RequestsWanted, today: date) -> Select[UpdateRequest]:
    statement = whole_requests().where(within(Milestone.partnership_id, viewer, Permission.READ_DOCUMENTS))
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
    waits = is_waiting()
    return (case((waits, 0), else_=1), case((waits, UpdateRequest.reply_by)), *newest_first)
