"""The part of a milestone's page that leads to who was told of it."""

from datetime import date

from cycle_tracker.access.rules.permissions import Viewer
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.milestones.web.notices.of_milestone import may_read
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Section


def section_of(on_page: OnPage, viewer: Viewer, _detail: Detail, _today: date) -> Section | None:
    """A link, for those who may know. No statement."""
    milestone = on_page.milestone
    if milestone.partnership is None or not may_read(viewer, milestone):
        return None
    address = url_for("milestone_notices.show", slug=milestone.partnership.slug, key=milestone.key)
    return Section("milestones/notices/section.html", address)
