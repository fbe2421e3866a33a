"""A person's own list in words, and what one reply does to each row of it."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from cycle_tracker.access.rules.permissions import Viewer, may_change
from cycle_tracker.core import addresses
from cycle_tracker.core.deadlines import due_state
from cycle_tracker.core.kinds import DOCUMENTS
from cycle_tracker.core.wording import basis_words
from cycle_tracker.documents.queries.document_facts import known_documents
from cycle_tracker.documents.queries.listed import ListedMilestone
from cycle_tracker.documents.rules.documents import document_state
from cycle_tracker.documents.web.lines import MilestoneRow, owner_words, with_progress
from cycle_tracker.milestones.web.details import Dates, Detail
from cycle_tracker.overview.queries.milestone_lists import OwnMilestone
from cycle_tracker.overview.rules.listing import DATE_GROUPS, DateGroup
from cycle_tracker.overview.rules.replies import Answer, hindrance
from cycle_tracker.overview.services.replies import Reply
from cycle_tracker.overview.web.my_work.filters import WHENS, MyWorkFilters
from cycle_tracker.partnerships.queries.partnerships import PartnershipName
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Tile
from cycle_tracker.web.ticks import tick_of
from cycle_tracker.web.wording import Status, day, document_status, due_wording, kind_label, milestone_status

KEPT_WORDS = 8_192
COLOURS = {DateGroup.PAST: "red", DateGroup.TODAY: "yellow", DateGroup.COMING: "blue"}
CHANGED = "Someone changed this after you opened the list. Check it, then try again."
NOT_YOURS = "Someone else owns this now, so you cannot update it."


class WorkLine(NamedTuple):
    """One row of the list, in the order in which the page unpacks it. `away` names the owner for whom the person
    stands in."""

    id: int
    tick: str
    is_ticked: bool
    title: str
    address: str
    kind: str
    away: str | None
    partnership: str
    status: Status
    due: str
    basis: str
    owner: str


class WorkGroup(NamedTuple):
    """The rows of one group that are on this page."""

    id: str
    title: str
    lines: list[WorkLine]


@dataclass(frozen=True)
class ReplyOutcome:
    """What a reply does to one row: `now` and `then`, or what stands in the way."""

    line: MilestoneRow
    now: str
    then: str
    hindrance: str


Outcomes = tuple[list[ReplyOutcome], list[ReplyOutcome]]


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


def groups(
    rows: Sequence[OwnMilestone], places: Iterable[PartnershipName], viewer: Viewer, ticked: Container[int], today: date
) -> list[WorkGroup]:
    """Rows that are in order, under their headings. `places` are the partnerships in which the person owns milestones,
    and so reads everything."""
    place_of = {place.id: place for place in places}
    documents = known_documents([row.id for row in rows if row.kind in DOCUMENTS])
    found: dict[DateGroup, list[WorkLine]] = {}
    for row in rows:
        place = place_of[row.partnership_id]
        words = _words(_dates(row), row.date_citation, place.notify_from, today)
        status = words.status
        if row.id in documents:
            status = document_status(document_state(documents[row.id].facts, today))
        line = WorkLine(
            row.id,
            tick_of(row.id, row.version),
            row.id in ticked,
            row.title,
            addresses.milestone(place.slug, row.key),
            words.kind,
            row.owner if row.owner_id in viewer.stands_in_for else None,
            place.name,
            status,
            with_progress(words.due, row, Detail.EVERYTHING) if row.fact else words.due,
            words.basis,
            viewer.name if row.owner_id == viewer.user_id else owner_words(row.owner, row.owner_active),
        )
        found.setdefault(words.group, []).append(line)
    return [WorkGroup(when.value, when.label, lines) for when, lines in found.items()]


class _Words(NamedTuple):
    """What a page says of the dates of a milestone."""

    group: DateGroup
    status: Status
    due: str
    kind: str
    basis: str


@lru_cache(KEPT_WORDS)
def _words(dates: Dates, citation: str, notify_from: date | None, today: date) -> _Words:
    state = due_state(dates.due_on, dates.state, dates.done_on, today, notify_from=notify_from)
    return _Words(
        DATE_GROUPS[state],
        milestone_status(dates, today, notify_from),
        due_wording(dates, today),
        kind_label(dates.kind),
        basis_words(dates.date_basis, citation),
    )


def _dates(row: OwnMilestone) -> Dates:
    return Dates(row.kind, row.state, row.date_basis, None, row.target_on, row.due_on, row.expected_date, row.done_on)


def outcomes(lines: Sequence[MilestoneRow], versions: Mapping[int, int], reply: Reply, viewer: Viewer) -> Outcomes:
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


def _hindrance(milestone: ListedMilestone, version: int, reply: Reply, viewer: Viewer) -> str:
    if not may_change(viewer, milestone.partnership_id, milestone.owner_id):
        return NOT_YOURS
    reason = hindrance(milestone.kind, milestone.state, reply.answer, fact=milestone.fact)
    return reason or (CHANGED if milestone.version != version else "")


def _then(reply: Reply) -> str:
    if reply.answer is Answer.ON_TRACK:
        return "No change, with your comment added"
    return "In progress" if reply.answer is Answer.BEGUN else f"Done on {day(reply.done_on)}"
