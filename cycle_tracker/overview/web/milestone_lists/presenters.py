"""The list of a partnership's milestones in words."""

from typing import Any

from cycle_tracker.milestones.web.details import Detail
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.overview.rules.listing import ListOrder
from cycle_tracker.overview.web.milestone_lists.filters import MilestoneFilters
from cycle_tracker.web.links import url_for


def columns(filters: MilestoneFilters, detail: Detail, slug: str, *, ticks: bool) -> list[Any]:
    """The headings of the table; some of them sort the list, and the date sorts it both ways."""

    def sorted_by(label: str, order: ListOrder) -> dict[str, Any]:
        return {
            "label": label,
            "address": url_for(
                "milestone_lists.show",
                slug=slug,
                **filters.in_address(sort="" if order is ListOrder.DUE else order.value),
            ),
            "sort": "ascending" if filters.order is order else None,
        }

    other_way = ListOrder.LATEST if filters.order is ListOrder.DUE else ListOrder.DUE
    by_date = {ListOrder.DUE: "ascending", ListOrder.LATEST: "descending"}
    date = sorted_by("Date", other_way) | {"sort": by_date.get(filters.order)}
    return [
        *([{"label": "Select", "hidden": True}] if ticks else []),
        sorted_by("Milestone", ListOrder.TITLE),
        *(["Status"] if detail is not Detail.DATES else []),
        date,
        *([sorted_by("Owner", ListOrder.OWNER)] if detail is Detail.EVERYTHING else []),
        "Plan period",
    ]


def seen_by(detail: Detail, partnership: Partnership) -> str:
    """Who sees what is in the list in front of this person."""
    return {
        Detail.EVERYTHING: (
            f"People in the {partnership.name} partnership, and auditors. Scottish Government officials see only "
            "plans and annual reports here. Administrators see titles and dates."
        ),
        Detail.DOCUMENT: f"You can see the plans and annual reports of {partnership.name}, not its other milestones.",
        Detail.DATES: "You can see titles and dates only.",
    }[detail]
