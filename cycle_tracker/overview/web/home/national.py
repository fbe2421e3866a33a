"""The home page of those who follow plans and annual reports across Scotland, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.core import addresses
from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import LATE
from cycle_tracker.documents.queries.documents import Document
from cycle_tracker.national.web.outstanding.not_joined import NotJoined, not_joined
from cycle_tracker.national.web.outstanding.presenters import in_order, tiles
from cycle_tracker.national.web.outstanding.rows import first_date
from cycle_tracker.overview.queries.document_copies import ToReceive, list_to_receive
from cycle_tracker.web.page_parts import Task, Tile
from cycle_tracker.web.wording import Status, count, day, document_status

FIRST_OF_LIST = 10


@dataclass(frozen=True)
class Row:
    """One document of the head of the list."""

    milestone_id: int
    partnership: str
    partnership_address: str
    title: str
    address: str
    guidance_date: str
    past: str
    lag: str
    expected: str
    status: Status
    escalated: str


@dataclass(frozen=True)
class NationalPosition:
    """Where plans and annual reports stand today."""

    tiles: Sequence[Tile]
    rows: Sequence[Row]
    late: int
    not_joined: Sequence[NotJoined]


@dataclass(frozen=True)
class ToReceiveOnHome:
    """The first documents whose receipt is to be recorded, and whether there are others."""

    tasks: Sequence[Task]
    has_more: bool


def position(documents: Sequence[Document]) -> NationalPosition:
    """The count of each state, the first of those that are late, in the order of the outstanding list, and the
    partnerships that have not joined."""
    late = [document for document in in_order(documents) if document.state in LATE]
    return NationalPosition(
        tiles=tiles(documents),
        rows=[_row(document) for document in late[:FIRST_OF_LIST]],
        late=len(late),
        not_joined=not_joined(documents),
    )


def to_receive(viewer: Viewer, today: date) -> ToReceiveOnHome:
    """Documents that were sent, and whose receipt nobody has recorded. In one statement."""
    found = list_to_receive(viewer, limit=FIRST_OF_LIST + 1)
    tasks = [
        Task(
            title=f"{one.partnership}: {one.title}",
            address=addresses.milestone(one.slug, one.key),
            summary=f"Sent on {day(one.sent_on)}, {_ago(one.sent_on, today)}. {_published(one)}.",
            status="To receive",
            colour="teal",
        )
        for one in found[:FIRST_OF_LIST]
    ]
    return ToReceiveOnHome(tasks, has_more=len(found) > FIRST_OF_LIST)


def _row(document: Document) -> Row:
    return Row(
        milestone_id=document.milestone_id,
        partnership=document.partnership_name,
        partnership_address=addresses.partnership(document.partnership_slug),
        title=document.title,
        address=addresses.milestone(document.partnership_slug, document.key),
        guidance_date=first_date(document),
        past=count(document.days_past, "day"),
        lag=count(document.lag, "day") if document.lag is not None else "",
        expected=day(document.expected_on) if document.expected_on else "",
        status=document_status(document.state),
        escalated=_escalated(document),
    )


def _escalated(document: Document) -> str:
    """The furthest that it was escalated, and when."""
    if document.raised_on:
        return f"Escalated to the Scottish Government escalation group on {day(document.raised_on)}"
    return f"Escalated on {day(document.escalated_on)}" if document.escalated_on else ""


def _published(one: ToReceive) -> str:
    if one.of_revision:
        return "Revised plan, not recorded as published"
    return f"Published: {day(one.published_on)}" if one.is_published else "Not recorded as published"


def _ago(sent_on: date, today: date) -> str:
    days = days_past(sent_on, today)
    return f"{count(days, 'day')} ago" if days else "today"
