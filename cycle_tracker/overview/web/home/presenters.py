"""The home page of the people of a partnership, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core import addresses
from cycle_tracker.core.audiences import Audience
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import DOCUMENTS, Basis, Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.core.wording import bases, number_words
from cycle_tracker.documents.rules.documents import DocumentFacts, document_state
from cycle_tracker.documents.web.lines import with_progress
from cycle_tracker.milestones.web.details import Dates, Detail
from cycle_tracker.overview.queries.work import COMING_UP_DAYS, WorkList, WorkMilestone
from cycle_tracker.overview.rules.listing import DateGroup
from cycle_tracker.web.links import url_for
from cycle_tracker.web.page_parts import Task, Tile
from cycle_tracker.web.wording import (
    Status,
    day,
    document_status,
    due_wording,
    milestone_status,
    past_wording,
)

KEPT_WORDS = 8_192


@dataclass(frozen=True)
class Group:
    """Things to do under one heading. `more` says how many there are where not all are listed, and leads to them."""

    id: str
    title: str
    nothing: str
    tasks: Sequence[Task]
    more: str
    more_address: str


@dataclass(frozen=True)
class OwnWork:
    """What a planning lead or a contributor has to do, and where all of it is listed."""

    tiles: Sequence[Tile]
    groups: Sequence[Group]
    list_address: str
    list_label: str


@dataclass(frozen=True)
class CycleLinks:
    """The cycles of one partnership: label and address; then its lists."""

    partnership: str
    links: Sequence[tuple[str, str]]
    lists: Sequence[tuple[str, str]]


def own_work(found: WorkList, viewer: Viewer, today: date) -> OwnWork:
    """Past its date, due today, coming up: each with its whole count and its list."""
    coming_up = f"due in the next {COMING_UP_DAYS} days"
    leads = viewer.can(Permission.CHANGE_MILESTONES)
    lists = (
        ("past", "Overdue", "Nothing is overdue.", found.past, found.past_count, DateGroup.PAST),
        ("today", "Due today", "Nothing is due today.", found.today, found.today_count, DateGroup.TODAY),
        (
            "coming-up",
            "Coming up",
            f"Nothing is {coming_up}.",
            found.coming_up,
            found.coming_up_count,
            DateGroup.COMING,
        ),
    )
    return OwnWork(
        tiles=[
            _tile(found.past_count, "overdue", "red", "past"),
            _tile(found.today_count, "due today", "yellow", "today"),
            _tile(found.coming_up_count, coming_up, "blue", "coming-up"),
        ],
        groups=[
            Group(
                id=name,
                title=title,
                nothing=nothing,
                tasks=_tasks(rows, viewer, today),
                more=f"Showing the first {len(rows)} of {number_words(number)}." if number > len(rows) else "",
                more_address=_my_work(everything=leads, when=when.value),
            )
            for name, title, nothing, rows, number, when in lists
        ],
        list_address=_my_work(everything=leads),
        list_label="See all milestones that you lead or own"
        if leads
        else "See all your milestones, and update several at once",
    )


def not_notified(rows: Iterable[Any]) -> list[Task]:
    """Plans that are published, with no record that Scottish Ministers were sent a copy."""
    status = document_status(DocumentState.PUBLISHED_COPY_NOT_SENT)
    return [
        Task(
            title=row.title,
            address=addresses.milestone(row.slug, row.key),
            summary=f"{row.partnership}. Published: {day(row.published_on)}. "
            "We have no record that Scottish Ministers were sent a copy.",
            status=status.label,
            colour=status.colour,
        )
        for row in rows
    ]


def decisions(rows: Iterable[Any], today: date) -> list[Task]:
    """What came to the governance group and waits for its decision."""
    return [
        Task(
            title=row.title,
            address=addresses.escalation(row.escalation_id),
            summary=f"{row.partnership}. {_past(row, today)}. {_came(row)}{_reply(row, today)}",
            status="Decision needed",
            colour="purple",
        )
        for row in rows
    ]


def _came(row: Any) -> str:
    """Since when it waits, with whom, and who raised it."""
    if row.raised_by:
        return f"Escalated by {row.raised_by} on {day(row.fell_due_on)}: “{row.raised_why}”"
    return f"With the {'chair' if row.audience is Audience.CHAIR else 'group'} since {day(row.fell_due_on)}."


def _reply(row: Any, today: date) -> str:
    if row.reply_by is None or row.reply_by < today:
        return ""
    return f" {row.acknowledged_by} will reply by {day(row.reply_by)}."


def cycles(rows: Iterable[Any]) -> list[CycleLinks]:
    """Links to the cycles of each partnership that has one, the newest first."""
    running = (row for row in rows if row.period_start)
    return [
        CycleLinks(name, [_cycle_link(slug, Period(row.period_start)) for row in rows_of_one], _lists(slug))
        for (name, slug), rows_of_one in groupby(running, key=lambda row: (row.partnership, row.slug))
    ]


def _tasks(rows: Iterable[WorkMilestone], viewer: Viewer, today: date) -> list[Task]:
    several, yourself = bool(viewer.national) or len(viewer.within) > 1, viewer.user_id
    tasks = []
    for row in rows:
        dates = Dates(
            row.kind, row.state, row.date_basis, None, row.target_on, row.due_on, row.expected_date, row.done_on
        )
        due, bases = _words(dates, row.duty_basis, row.duty_citation, row.date_citation, today)
        status = _status(dates, row.opens_on, row.explained_until, row.notify_from, today)
        if row.fact:
            due = with_progress(due, row, Detail.EVERYTHING)
        owner = "You own this" if row.owner_id == yourself else _owner(row, viewer)
        summary = f"{row.partnership}. {due}. {owner}.{bases}" if several else f"{due}. {owner}.{bases}"
        tasks.append(Task(row.title, addresses.milestone(row.slug, row.key), summary, *status))
    return tasks


@lru_cache(KEPT_WORDS)
def _words(
    dates: Dates,
    duty_basis: Basis,
    duty_citation: str,
    date_citation: str,
    today: date,
) -> tuple[str, str]:
    """What is said of a milestone by its dates, and what these and its duty are based on, after a blank."""
    on = bases(duty_basis, duty_citation, dates.date_basis, date_citation)
    return due_wording(dates, today), f" {on}".rstrip()


@lru_cache(KEPT_WORDS)
def _status(
    dates: Dates, opens_on: date | None, explained_until: date | None, notify_from: date | None, today: date
) -> Status:
    """The status of an open milestone; of a document the one that officials see, so that no page says another."""
    if dates.kind not in DOCUMENTS:
        return milestone_status(dates, today, notify_from)
    facts = DocumentFacts(
        state=dates.state,
        opens_on=opens_on,
        target_on=dates.target_on,
        published=False,
        is_plan=dates.kind is Kind.PLAN,
        explained_until=explained_until,
        notify_from=notify_from,
    )
    return document_status(document_state(facts, today))


def _owner(row: WorkMilestone, viewer: Viewer) -> str:
    if row.owner_id in viewer.stands_in_for:
        return f"You are covering for {row.owner}"
    if not row.owner:
        return "No owner"
    return f"Owner: {row.owner}" if row.owner_active else f"Owner: {row.owner}, who has left"


def _past(row: Any, today: date) -> str:
    words = past_wording(row, today)
    return f"{words[:1].upper()}{words[1:]}" if words else f"Due on {day(row.due_on)}"


def _tile(number: int, label: str, colour: str, place: str) -> Tile:
    return Tile(number, label, colour if number else "grey", f"#{place}" if number else "")


def _cycle_link(slug: str, period: Period) -> tuple[str, str]:
    return f"Plan period {period.label}", f"/partnerships/{slug}/cycles/{period.name}"


def _lists(slug: str) -> list[tuple[str, str]]:
    return [
        ("milestones", url_for("milestone_lists.show", slug=slug)),
        ("calendar", url_for("month_calendars.of_partnership", slug=slug)),
        ("status", url_for("status_pages.show", slug=slug)),
    ]


def _my_work(*, everything: bool, **filters: str) -> str:
    """The person's own list; with `everything`, that of all they lead besides."""
    wanted: dict[str, Any] = {"whose": "everything", **filters} if everything else {**filters}
    return url_for("my_work.show", **wanted)
