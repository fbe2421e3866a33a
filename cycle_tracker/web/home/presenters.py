"""The home page in words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from cycle_tracker.domain import addresses
from cycle_tracker.domain.deadlines import days_past
from cycle_tracker.domain.documents import LATE, DocumentState
from cycle_tracker.domain.periods import Period
from cycle_tracker.domain.permissions import Permission, Viewer
from cycle_tracker.queries.documents import Document
from cycle_tracker.queries.work import COMING_UP_DAYS, Work
from cycle_tracker.web.wording import (
    bases_wording,
    count,
    day,
    document_status,
    due_wording,
    lag_wording,
    milestone_status,
    past_wording,
)

FIRST_OF_LIST = 10
DOCUMENT_ORDER = (
    DocumentState.OUTSTANDING,
    DocumentState.PAST_GUIDANCE_DATE,
    DocumentState.EXPLAINED,
    DocumentState.PUBLISHED_NOT_NOTIFIED,
    DocumentState.NO_RECORD,
)


@dataclass(frozen=True)
class Tile:
    """A number at the top, with its link."""

    number: int
    label: str
    colour: str = "grey"
    address: str = ""


@dataclass(frozen=True)
class Task:
    """One thing to do, as the task list shows it."""

    title: str
    address: str
    summary: str
    status: str = ""
    colour: str = "grey"


@dataclass(frozen=True)
class Group:
    """Things to do under one heading; `more` says how many are not listed."""

    id: str
    title: str
    tasks: Sequence[Task]
    nothing: str
    more: str = ""


@dataclass(frozen=True)
class OwnWork:
    """What a planning lead or contributor has to do."""

    title: str
    tiles: Sequence[Tile]
    groups: Sequence[Group]


@dataclass(frozen=True)
class DocumentRow:
    """One line of the head of the outstanding list."""

    partnership: str
    title: str
    address: str
    date: str
    past: str
    lag: str
    status: str
    colour: str
    escalated: str


@dataclass(frozen=True)
class National:
    """Where plans and annual reports stand."""

    tiles: Sequence[Tile]
    rows: Sequence[DocumentRow]
    more: str


@dataclass(frozen=True)
class CycleLinks:
    """The cycles of one partnership."""

    partnership: str
    links: Sequence[tuple[str, str]] = field(default_factory=tuple)


def work(found: Work, viewer: Viewer, today: date) -> OwnWork:
    """Past its date, due today, coming up: each with its count and its list."""
    names_place = _is_in_several(viewer)

    def tasks(rows: Iterable[Any]) -> list[Task]:
        return [_task(row, viewer, today, names_place=names_place) for row in rows]

    return OwnWork(
        title="What needs you now",
        tiles=[
            Tile(found.past_count, "past their date", "red" if found.past_count else "grey", "#past"),
            Tile(found.today_count, "due today", "yellow" if found.today_count else "grey", "#today"),
            Tile(found.coming_up_count, f"in the next {COMING_UP_DAYS} days", "blue", "#coming-up"),
        ],
        groups=[
            Group("past", "Past its date", tasks(found.past), "Nothing is past its date.", _more(found.past, found.past_count)),
            Group("today", "Due today", tasks(found.today), "Nothing is due today.", _more(found.today, found.today_count)),
            Group(
                "coming-up",
                "Coming up",
                tasks(found.coming_up),
                f"Nothing is due in the next {COMING_UP_DAYS} days.",
                _more(found.coming_up, found.coming_up_count),
            ),
        ],
    )


def not_notified(rows: Iterable[Any]) -> list[Task]:
    """Documents that are published, and nothing says that Scottish Government was told."""
    status = document_status(DocumentState.PUBLISHED_NOT_NOTIFIED)
    return [
        Task(
            title=row.title,
            address=addresses.milestone(row.slug, row.key),
            summary=f"{row.partnership}. Published: {day(row.published_on)}. "
            "Nothing here says that Scottish Government was told.",
            status=status.label,
            colour=status.colour,
        )
        for row in rows
    ]


def decisions(rows: Iterable[Any], today: date) -> list[Task]:
    """What came to the governance group and waits for its decision."""
    return [
        Task(
            title=row.title,
            address=addresses.escalation(row.escalation_id),
            summary=f"{row.partnership}. {past_wording(row, today).capitalize()}: it was due on {day(row.target_on or row.due_on)}. "
            f"With the group since {day(row.fell_due_on)}.",
            status="Decision wanted",
            colour="purple",
        )
        for row in rows
    ]


def documents(found: Sequence[Document]) -> National:
    """The counts of each state, and the documents that are late: outstanding ones first, that longest past first."""
    numbers = Counter(document.state for document in found)
    late = sorted(
        (document for document in found if document.state in LATE),
        key=lambda document: DOCUMENT_ORDER.index(document.state),
    )
    return National(
        tiles=[
            Tile(
                numbers[state],
                document_status(state).label,
                _tile_colour(state) if numbers[state] else "grey",
                f"{addresses.OUTSTANDING}?state={state}",
            )
            for state in DOCUMENT_ORDER
        ],
        rows=[_document_row(document) for document in late[:FIRST_OF_LIST]],
        more=count(len(late), "document") if len(late) > FIRST_OF_LIST else "",
    )


def to_receive(rows: Iterable[Any], today: date) -> list[Task]:
    """Documents that were sent, and whose receipt nobody has recorded."""
    return [
        Task(
            title=f"{row.partnership}: {row.title}",
            address=addresses.milestone(row.slug, row.key),
            summary=f"Sent on {day(row.sent_on)}{_ago(row.sent_on, today)}. Published: {day(row.published_on)}.",
            status="To receive",
            colour="teal",
        )
        for row in rows
    ]


def cycles(rows: Iterable[Any]) -> list[CycleLinks]:
    """Links to the cycles of each partnership."""
    return [
        CycleLinks(
            partnership,
            [(Period(row.period_start).label, addresses.cycle(row.slug, Period(row.period_start).name)) for row in group],
        )
        for partnership, group in groupby(rows, key=lambda row: row.partnership)
    ]
