"""What the pages about calendar addresses say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.feeds.queries import is_open_to
from cycle_tracker.feeds.web.forms import WHAT_I_OWN
from cycle_tracker.models.access import CalendarFeed
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.web.wording import moment

OWN_NAME = "Cycle Tracker: my work"


@dataclass(frozen=True)
class FeedShown:
    """One line of the list of a person's addresses."""

    id: int
    of: str
    made_at: datetime
    fetched: str


def feeds_shown(feeds: Iterable[CalendarFeed], viewer: Viewer) -> list[FeedShown]:
    """The addresses, each with when a program last fetched it."""
    return [FeedShown(feed.id, _of(feed.partnership), feed.made_at, _fetched(feed, viewer)) for feed in feeds]


def choices(viewer: Viewer, partnerships: Sequence[Partnership]) -> list[tuple[str, str]]:
    """What a calendar of this person can show."""
    own = [(WHAT_I_OWN, _of(None))] if is_open_to(viewer, None) else []
    return own + [(one.slug, _of(one)) for one in partnerships]


def calendar_name(partnership: Partnership | None) -> str:
    """What the calendar is called in a person's program."""
    return f"{partnership.name}: plans and annual reports" if partnership else OWN_NAME


def _of(partnership: Partnership | None) -> str:
    return calendar_name(partnership) if partnership else "Your work in all your partnerships"


def _fetched(feed: CalendarFeed, viewer: Viewer) -> str:
    if not is_open_to(viewer, feed.partnership_id):
        return "Not working, because you no longer have access"
    return moment(feed.fetched_at) if feed.fetched_at else "Not yet"
