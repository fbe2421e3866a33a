"""The parts that capabilities add to the page of a milestone.

Each capability has a `section.py` with `section_of`, a function from a milestone on its page, its viewer, how much of
it they see, and today, to a `Section` or None. A section names its template and carries what the template shows. Its
statements of SQL are a constant number, and none where the milestone has nothing for it (`OnPage.has`). What is done in
it has its own routes, in its own capability. `cycle_tracker/pages.py` puts them in their order when the app is made, so
the page knows none of them by name.
"""

from collections.abc import Callable, Sequence
from datetime import date

from flask import Flask, current_app

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.web.page_parts import Section

SectionOf = Callable[[OnPage, Viewer, Detail, date], Section | None]
EXTENSION = "sections_of_milestone"


def init_app(app: Flask, sections: Sequence[SectionOf]) -> None:
    """Say which sections the page has, in the order in which they stand."""
    app.extensions[EXTENSION] = tuple(sections)


def sections_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> list[Section]:
    """The sections that the person sees of a milestone."""
    registered: Sequence[SectionOf] = current_app.extensions[EXTENSION]
    found = (section_of(on_page, viewer, detail, today) for section_of in registered)
    return [section for section in found if section is not None]
