"""One thing that happened to a milestone, as its history tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cycle_tracker.core.clock import london_time
from cycle_tracker.web.wording import moment


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `at` is the instant, `when` the same in words."""

    at: datetime
    what: str
    detail: str = ""

    @property
    def when(self) -> str:
        """The instant as London clocks show it."""
        return moment(self.at)

    @property
    def stamp(self) -> str:
        """The instant for machines."""
        return london_time(self.at).isoformat(timespec="minutes")


def name_of(user_id: int | None, names: Mapping[int, str]) -> str:
    """Who did it: a person, or the service itself."""
    if user_id is None:
        return "The service"
    return names.get(user_id, "Someone whose name we no longer keep")
