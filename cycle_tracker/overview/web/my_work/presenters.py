"""A person's own list in words, and what one reply does to each row of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cycle_tracker.access.rules.permissions import Viewer, may_change
from cycle_tracker.core.deadlines import due_state
from cycle_tracker.documents.web.lines import MilestoneRow
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.overview.rules.listing import DATE_GROUPS, DateGroup
from cycle_tracker.overview.rules.replies import Answer, hindrance
from cycle_tracker.overview.services.replies import Reply
from cycle_tracker.overview.web.my_work.filters import WHENS, MyWorkFilters
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Tile
from cycle_tracker.web.wording import day

COLOURS = {DateGroup.PAST: "red", DateGroup.TODAY: "yellow", DateGroup.COMING: "blue"}
CHANGED = "Someone changed this after you opened the list. Check it, then try again."
NOT_YOURS = "Someone else owns this now, so you cannot update it."


@dataclass(frozen=True)
class WorkGroup:
    """The rows of one group that stand on this page."""

    id: str
    title: str
    lines: list[MilestoneRow]


@dataclass(frozen=True)
class ReplyOutcome:
    """What a reply does to one row: `now` and `then`, or what stands in the way."""

    line: MilestoneRow
    now: str
    then: str
    hindrance: str


def tiles(numbers: Mapping[DateGroup, int], filters: MyWorkFilters) -> list[Tile]:
    """How many there are of each group, each with the list of that group alone."""
    return [
        Tile(
            numbers.get(when, 0),
            when.label,
            COLOURS.get(when, "grey") if numbers.get(when) else "grey",
            url_for("my_work.show", **filters.in_address(when=when.value)) if numbers.get(when) else "",
        )
        for when in WHENS
        if when is not DateGroup.BEFORE_SERVICE or numbers.get(when)
    ]


def groups(lines: Sequence[MilestoneRow], today: date) -> list[WorkGroup]:
    """Rows that are in order, under their headings."""
    return [
        WorkGroup(when.value, when.label, list(rows))
        for when, rows in groupby(lines, key=lambda line: _when(line, today))
    ]


def outcomes(
    lines: Sequence[MilestoneRow], versions: Mapping[int, int], reply: Reply, viewer: Viewer
) -> tuple[list[ReplyOutcome], list[ReplyOutcome]]:
    """The rows that take the reply, and those in whose way something stands."""
    found = [
        ReplyOutcome(
            line,
            now=line.label,
            then=_then(reply),
            hindrance=_hindrance(line.milestone, versions[line.milestone.id], reply, viewer),
        )
        for line in lines
    ]
    return [one for one in found if not one.hindrance], [one for one in found if one.hindrance]


def reply_wording(reply: Reply) -> str:
    """The reply in one sentence."""
    if reply.answer is Answer.DONE:
        return f"Done on {day(reply.done_on)}."
    return f"{reply.answer.label}. {reply.note}".strip()


def _hindrance(milestone: Milestone, version: int, reply: Reply, viewer: Viewer) -> str:
    if not may_change(viewer, milestone.partnership_id, milestone.owner_id):
        return NOT_YOURS
    reason = hindrance(milestone.kind, milestone.state, reply.answer, fact=milestone.fact)
    return reason or (CHANGED if milestone.version != version else "")


def _then(reply: Reply) -> str:
    if reply.answer is Answer.ON_TRACK:
        return "No change, with your comment added"
    return "In progress" if reply.answer is Answer.BEGUN else f"Done on {day(reply.done_on)}"


def _when(line: MilestoneRow, today: date) -> DateGroup:
    milestone = line.milestone
    notify_from = milestone.partnership.notify_from if milestone.partnership else None
    return DATE_GROUPS[due_state(milestone.due_on, milestone.state, milestone.done_on, today, notify_from=notify_from)]
