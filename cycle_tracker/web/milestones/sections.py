"""The parts that other packages add to the page of a milestone, in the order in which they stand.

Each package has a `section.py` with one function from a milestone, its viewer, how much of it they see, and today, to
a section or None. A section names its template and carries what the template shows; its statements of SQL are a
constant number. What is done in it has its own routes, in its own package.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cycle_tracker.domain.permissions import Viewer
from cycle_tracker.models import Milestone
from cycle_tracker.web.milestones.details import Detail


@dataclass(frozen=True)
class Section:
    """One part of the page: `template` is a file in `templates/`, which is given `content` as `section`."""

    template: str
    content: Any


SectionOf = Callable[[Milestone, Viewer, Detail, date], Section | None]

SECTIONS: tuple[SectionOf, ...] = ()


def sections_of(milestone: Milestone, viewer: Viewer, detail: Detail, today: date) -> list[Section]:
    """The sections that the person sees of a milestone."""
    found = (section_of(milestone, viewer, detail, today) for section_of in SECTIONS)
    return [section for section in found if section is not None]
