"""Where a milestone belongs, who sees it, and the address of its page."""

from cycle_tracker.models.milestone import Milestone
from cycle_tracker.web.links import url_for


def place_wording(milestone: Milestone) -> str:
    """Where a milestone belongs: `Moray, plan period 2026–29`."""
    place = milestone.partnership.name if milestone.partnership else "Scotland"
    return f"{place}, plan period {milestone.cycle.period.label}" if milestone.cycle else place


def seen_by(milestone: Milestone) -> str:
    """Who sees the page, in words."""
    if milestone.is_document:
        return (
            f"{people_in(milestone)}, and auditors. Scottish Government officials see this document, its dates and "
            "shared explanations. Administrators see its title and dates."
        )
    return f"{people_in(milestone)}, and auditors. Administrators see its title and dates."


def people_in(milestone: Milestone) -> str:
    """Everyone with a role where the milestone belongs."""
    return f"People in the {milestone.partnership.name} partnership" if milestone.partnership else "All partnerships"


def page_of(milestone: Milestone, *, anchor: str | None = None) -> str:
    """The address of a milestone's page. Raises ValueError for a national milestone, which has none."""
    if milestone.partnership is None:
        raise ValueError("a national milestone has no page of its own")
    return url_for("milestones.show", slug=milestone.partnership.slug, key=milestone.key, _anchor=anchor)


def partnership_id_of(milestone: Milestone) -> int:
    """The number of its partnership. Raises ValueError for a national one, which has no page of its own."""
    if milestone.partnership_id is None:
        raise ValueError("a national milestone has no page of its own")
    return milestone.partnership_id
