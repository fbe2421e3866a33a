"""Home: the ways in for records of the past and for milestones from a file."""

from collections.abc import Iterable
from typing import Any

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.web.links import url_for

Links = list[tuple[str, str]]
HISTORY, MILESTONES = "past plans and reports", "milestones from a spreadsheet"


def ways_in(viewer: Viewer, rows: Iterable[Any]) -> list[tuple[str | None, Links]]:
    """For each partnership that the person leads what may be put in there; for officials one page for all of them.
    `rows` name the partnerships that the person reads, some of them several times."""
    found: list[tuple[str | None, Links]] = []
    if viewer.can(Permission.RECORD_ON_BEHALF):
        found.append((None, [(HISTORY, url_for("history.national"))]))
    if viewer.can(Permission.RECORD_PUBLICATION):
        for slug, name in dict.fromkeys((row.slug, row.partnership) for row in rows if _records_in(viewer, row.id)):
            links = [
                (HISTORY, url_for("history.show", slug=slug)),
                (MILESTONES, url_for("imports.milestones", slug=slug)),
            ]
            found.append((name, links))
    return found


def _records_in(viewer: Viewer, partnership_id: int) -> bool:
    return viewer.can(Permission.RECORD_PUBLICATION, partnership_id)
