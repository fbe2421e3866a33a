"""Where a milestone belongs, and who sees it, in words."""

from cycle_tracker.models import Milestone


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
