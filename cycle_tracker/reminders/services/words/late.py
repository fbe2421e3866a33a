"""What a digest says of all else that is late: a line for each, oldest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core import addresses
from cycle_tracker.core.wording import date_name, due_words
from cycle_tracker.reminders.queries.late_lines import LateLine
from cycle_tracker.reminders.services.words.unshared import IN_LIST


@dataclass(frozen=True)
class LateItem:
    """One late milestone in the list: its page, where, since when, and for whom, where the reader covers its owner."""

    title: str
    link: str
    partnership: str
    state: str
    owner: str


def late_items(lines: Iterable[LateLine], today: date, covers: Mapping[int, str], service_url: str) -> list[LateItem]:
    """The list as the templates of the digest show it."""
    return [
        LateItem(
            line.title,
            service_url + addresses.milestone(line.slug, line.key),
            line.partnership,
            _state(line, today),
            covers.get(line.owner_id or 0, ""),
        )
        for line in lines
    ]


def _state(line: LateLine, today: date) -> str:
    """Since when it is late; of a document also that officials cannot see why."""
    words = due_words(line.due_on, today, date_name(line.date_basis, expected=line.expected_date))
    return f"{words}. {IN_LIST}" if line.is_unshared else words
