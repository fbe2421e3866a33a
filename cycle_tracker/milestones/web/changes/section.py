"""The part of a milestone's page that says what it hangs together with."""

from datetime import date
from typing import Any

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.kinds import Kind
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.queries.relations import list_related
from cycle_tracker.milestones.web.changes.presenters import ChangeLinks, together
from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Section


def section_of(on_page: OnPage, viewer: Viewer, detail: Detail, today: date) -> Section | None:
    """Sub-tasks, what comes before and what waits, for the people of the partnership and auditors. One statement."""
    milestone, has = on_page.milestone, on_page.has
    if detail is not Detail.EVERYTHING or milestone.partnership is None:
        return None
    is_related = has.predecessors or has.waiting or milestone.parent_id is not None
    found = together(list_related(milestone) if is_related else [], _links(milestone, viewer), today)
    return None if found.says_nothing else Section("milestones/changes/section.html", found)


def _links(milestone: Milestone, viewer: Viewer) -> ChangeLinks:
    place: dict[str, Any] = {"slug": milestone.partnership.slug if milestone.partnership else "", "key": milestone.key}
    may_change = holds(viewer, Permission.CHANGE_OWN_MILESTONES, milestone)
    adds = milestone.is_open and milestone.kind is not Kind.SUB_TASK and may_change
    orders = holds(viewer, Permission.CHANGE_MILESTONES, milestone)
    return ChangeLinks(
        add_sub_task=url_for("milestone_changes.sub_task", **place) if adds else "",
        predecessors=url_for("milestone_changes.predecessors", **place) if orders else "",
    )
