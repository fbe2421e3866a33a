"""Home: what partnerships say is not right in what officials recorded for them."""

from collections.abc import Iterable
from typing import Any

from cycle_tracker.core.clock import london_day
from cycle_tracker.core.wording import shortened
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Task
from cycle_tracker.web.wording import day

# Characters of a dispute that a home page shows: the page that answers it has all of it.
LONGEST_HERE = 200


def tasks(rows: Iterable[Any]) -> list[Task]:
    """Disputes to answer, the first before the others."""
    return [
        Task(
            title=f"{row.partnership}: {row.title}",
            address=url_for("on_behalf.settle", slug=row.slug, key=row.key, number=row.id),
            summary=f"Disputed by {row.disputed_by} on {day(london_day(row.disputed_at))}: "
            f"“{shortened(row.dispute, LONGEST_HERE)}”",
            status="Answer needed",
            colour="yellow",
        )
        for row in rows
    ]
