"""New dates that people ask for by the links of their mails, on the home page of whoever leads the planning."""

from collections.abc import Iterable
from typing import Any

from cycle_tracker.core import addresses
from cycle_tracker.core.clock import london_day
from cycle_tracker.web.page_parts import Task
from cycle_tracker.web.wording import day

LONGEST_REASON = 200


def tasks(rows: Iterable[Any]) -> list[Task]:
    """What is asked for, that asked for first before the others."""
    return [
        Task(
            title=row.title,
            address=addresses.milestone(row.slug, row.key),
            summary=f"{row.partnership}. {row.person or row.contact or 'Someone'} replied on "
            f"{day(london_day(row.answered_at))} and asked for {day(row.new_date)} instead of {day(row.due_on)}. "
            f"{_shortened(row.text)}",
            status="New date requested",
            colour="teal",
        )
        for row in rows
    ]


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1].rstrip()}…"
