"""What a person may set right about a milestone besides what is done every day: links to a page for each."""

from typing import Any, NamedTuple

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.lifecycle import State
from cycle_tracker.milestones.queries.ended import may_reopen
from cycle_tracker.milestones.queries.milestones import holds
from cycle_tracker.milestones.services.local_milestones import is_local
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.links import url_for


class ChangeLink(NamedTuple):
    """A label and where it leads."""

    label: str
    address: str


def other_changes(milestone: Milestone, viewer: Viewer) -> list[ChangeLink]:
    """The changes that are open to the person, in the order in which they are used most."""
    if milestone.partnership is None:
        return []
    place: dict[str, Any] = {"slug": milestone.partnership.slug, "key": milestone.key}
    if not holds(viewer, Permission.CHANGE_MILESTONES, milestone):
        undo = ChangeLink("Marked as done by mistake? Reopen it", url_for("milestone_changes.reopen", **place))
        return [undo] if _can_be_reopened(milestone) and may_reopen(viewer, milestone) else []
    edit = "Edit title, stage and lead organisation" if is_local(milestone) else "Change the lead organisation"
    found = [
        ChangeLink("Change the owner", url_for("milestone_changes.owner", **place)),
        ChangeLink(edit, url_for("milestone_changes.edit", **place)),
    ]
    if milestone.is_document:
        return found
    if milestone.is_open:
        found.append(ChangeLink("Drop this milestone", url_for("milestone_changes.drop", **place)))
    elif milestone.state is State.DROPPED or _can_be_reopened(milestone):
        found.append(ChangeLink("Reopen this milestone", url_for("milestone_changes.reopen", **place)))
    return found


def _can_be_reopened(milestone: Milestone) -> bool:
    """Whether a person may open again what is done: not what a record completed, which is undone instead."""
    if milestone.is_document or milestone.state is not State.DONE:
        return False
    return milestone.fact is None or milestone.details_not_known
