"""What officials asked and partnerships are asked, on their home pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.requests.queries.request_lists import count_by_state, list_requests_at_hand, list_requests_to_answer
from cycle_tracker.requests.web.presenters import tasks, tiles
from cycle_tracker.web.page_parts import Task, Tile

ANSWERED_OF_LATE = timedelta(days=14)
LISTED_AT_MOST = 10


@dataclass(frozen=True)
class RequestsOnHome:
    """How many requests wait, are late and were answered; the first that wait, and the answers of the last weeks."""

    tiles: Sequence[Tile]
    tasks: Sequence[Task]


def followed(viewer: Viewer, today: date, now: datetime) -> RequestsOnHome:
    """What an official follows. In two statements."""
    numbers = count_by_state(viewer, today)
    found = list_requests_at_hand(viewer, answered_since=now - ANSWERED_OF_LATE, limit=LISTED_AT_MOST)
    return RequestsOnHome(tiles(numbers), tasks(found, today))


def to_answer(viewer: Viewer, today: date) -> list[Task]:
    """What a planning lead is asked. In one statement."""
    return tasks(list_requests_to_answer(viewer, limit=LISTED_AT_MOST), today)
