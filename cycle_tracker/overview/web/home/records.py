"""Home: the ways in for records of the past and for milestones from a file."""

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.partnerships.queries.partnerships import list_names
from cycle_tracker.web.links import url_for

Links = list[tuple[str, str]]
HISTORY, MILESTONES = "past plans and reports", "milestones from a spreadsheet"


def ways_in(viewer: Viewer) -> list[tuple[str | None, Links]]:
    """For each partnership that the person leads what may be put in there; for officials one page for all of them."""
    found: list[tuple[str | None, Links]] = []
    if viewer.can(Permission.RECORD_ON_BEHALF):
        found.append((None, [(HISTORY, url_for("history.national"))]))
    if viewer.can(Permission.RECORD_PUBLICATION):
        for one in list_names(viewer.partnerships_with(Permission.RECORD_PUBLICATION)):
            links = [
                (HISTORY, url_for("history.show", slug=one.slug)),
                (MILESTONES, url_for("imports.milestones", slug=one.slug)),
            ]
            found.append((one.name, links))
    return found
