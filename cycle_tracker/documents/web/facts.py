"""The dates of a milestone, where it stands and what explains it, for every page about one. Of a document each person
is shown what they may know."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cycle_tracker.core.deadlines import days_past
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.core.wording import upper_first
from cycle_tracker.documents.queries.document_facts import facts_of
from cycle_tracker.documents.queries.explanations import list_date_changes, newest_noted, unshared_explanation
from cycle_tracker.documents.rules.documents import document_state, lag_days
from cycle_tracker.milestones.queries.milestones import find_publication, government_copy
from cycle_tracker.milestones.queries.on_page import OnPage
from cycle_tracker.milestones.web.details import Dates, Detail, dates_for
from cycle_tracker.models.date_change import DateChange
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.publication import Publication, PublicationCopy
from cycle_tracker.web.page_parts import Row
from cycle_tracker.web.wording import (
    NO_DATE,
    Status,
    count,
    date_name,
    day,
    document_status,
    due_wording,
    lag_wording,
    milestone_status,
)

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Facts:
    """What every page about a milestone is made from: the milestone, what is published of it, the changes of its date,
    of those the explanation that holds, and the one that officials may read; and the copies of a plan that were sent
    before it was published itself."""

    milestone: Milestone
    publication: Publication | None = None
    shared: DateChange | None = None
    explanation: DateChange | None = None
    date_changes: Sequence[DateChange] = ()
    copies: Sequence[PublicationCopy] = ()

    @property
    def is_unshared(self) -> bool:
        """Whether the date of a document that is open was explained, and officials cannot see that."""
        document = self.milestone
        is_unshared = unshared_explanation(self.date_changes, document.due_on) is not None
        return is_unshared and document.is_document and document.is_open


@dataclass(frozen=True)
class Explanation:
    """A new expected date with its explanation."""

    heading: str
    text: str
    seen_by: str


def read_facts(milestone: Milestone) -> Facts:
    """What stands beside a milestone, in two statements."""
    publication = find_publication(milestone) if milestone.is_document else None
    return _facts(milestone, publication, list_date_changes(milestone.id))


def facts_on_page(on_page: OnPage) -> Facts:
    """The same for its own page, in one statement, or none where no date was changed."""
    milestone, publication = on_page.milestone, on_page.publication
    changes = list_date_changes(milestone.id) if on_page.has.date_changes else []
    published = None if publication is None or publication.is_draft else publication
    return replace(_facts(milestone, published, changes), copies=on_page.copies)


def _facts(milestone: Milestone, publication: Publication | None, changes: Sequence[DateChange]) -> Facts:
    return Facts(
        milestone=milestone,
        publication=publication,
        shared=newest_noted(changes, shared=True),
        explanation=newest_noted(changes, shared=False),
        date_changes=changes,
    )


def status_of(facts: Facts, detail: Detail, today: date) -> Status:
    """The tag: the officials' word for a document, otherwise what people and the clock made of it."""
    state = document_state_of(facts, today)
    if state is not None:
        return document_status(state)
    milestone = facts.milestone
    return milestone_status(_dates(facts, detail), today, milestone.notify_from)


def date_rows(facts: Facts, detail: Detail, today: date) -> list[Row]:
    """Every date of a milestone, how long the guidance date has passed, and the lag of a report."""
    milestone, dates = facts.milestone, _dates(facts, detail)
    rows = []
    if milestone.is_open:
        rows.append(Row("Due date", _expected_by(milestone, dates, today)))
    elif dates.due_on is not None:
        rows.append(Row("Due date", day(dates.due_on)))
    if dates.target_on is not None:
        rows += _first_dates(milestone, dates, today)
    if dates.opens_on is not None and milestone.is_open:
        rows.append(Row("Opens", day(dates.opens_on)))
    rows += _ended_rows(facts)
    lag = _lag(facts, today)
    if lag:
        rows.append(Row("Days after year end", lag))
    return rows


def explanation_of(facts: Facts, detail: Detail) -> Explanation | None:
    """The explanation of the due date that the person may read, if there is one."""
    change = facts.explanation if detail is Detail.EVERYTHING else facts.shared
    if change is None or detail is Detail.DATES or change.new_due_on != facts.milestone.due_on:
        return None
    label = "New expected date" if facts.milestone.is_open else "Explanation before this was done. Expected date then"
    return Explanation(
        heading=f"{label}: {day(change.new_due_on)}",
        text=change.reason,
        seen_by=_seen_by(change, facts),
    )


def _seen_by(change: DateChange, facts: Facts) -> str:
    if change.shared:
        return "Shared with the Scottish Government."
    counted = " Officials still count from the guidance date." if facts.is_unshared else ""
    return f"Not shared with the Scottish Government.{counted}"


def document_state_of(facts: Facts, today: date) -> DocumentState | None:
    """The officials' word for a document; None for what is none."""
    if not facts.milestone.is_document:
        return None
    publication = facts.publication
    notified = publication is not None and government_copy(publication) is not None
    return document_state(facts_of(facts.milestone, publication, facts.shared, notified=notified), today)


def _dates(facts: Facts, detail: Detail) -> Dates:
    told = {facts.milestone.id} if facts.shared or _is_due_after_interim(facts) else ()
    return dates_for(detail, facts.milestone, told)


def _is_due_after_interim(facts: Facts) -> bool:
    """Whether a plan is due on the day after its interim plan, whose last day everybody may read."""
    until = facts.publication.interim_until if facts.publication else None
    return until is not None and facts.milestone.due_on == until + DAY


def _expected_by(milestone: Milestone, dates: Dates, today: date) -> str:
    if dates.due_on is None:
        return f"{NO_DATE} ({milestone.date_citation})" if milestone.date_citation else NO_DATE
    if dates.expected_date:
        passed = days_past(dates.due_on, today)
        return f"{day(dates.due_on)}, {count(passed, 'day')} ago" if passed else day(dates.due_on)
    return due_wording(dates, today)


def _first_dates(milestone: Milestone, dates: Dates, today: date) -> list[Row]:
    """The guidance date, and of a late-started plan the own start from which it is measured."""
    name, measured = date_name(dates.date_basis).capitalize(), _measured(dates, today)
    if milestone.own_start_on is None:
        return [Row(name, measured)]
    return [Row(name, day(milestone.target_on)), Row("Own start of this plan", measured)]


def _measured(dates: Dates, today: date) -> str:
    """The day from which it is measured, and how long it had passed when it was done, or has passed today."""
    passed = days_past(dates.target_on, dates.done_on or today)
    if not passed or (dates.state is State.DONE and dates.done_on is None):
        return day(dates.target_on)
    ended = f"done {count(passed, 'day')} later" if dates.done_on else f"{count(passed, 'day')} ago"
    return f"{day(dates.target_on)}, {ended}"


def _ended_rows(facts: Facts) -> list[Row]:
    """The day on which it was done: of a plan that on which it was prepared, and that on which it was published."""
    milestone, publication = facts.milestone, facts.publication
    if milestone.kind is not Kind.PLAN:
        name = "Published" if milestone.is_document else "Done"
        return [Row(name, upper_first(day(_ended_on(facts))))] if milestone.state is State.DONE else []
    rows = [Row("Prepared", upper_first(day(milestone.done_on)))] if milestone.state is State.DONE else []
    if publication is not None and publication.is_document:
        rows.append(Row("Published", upper_first(day(publication.first_published_on))))
    return rows


def _ended_on(facts: Facts) -> date | None:
    return facts.publication.first_published_on if facts.publication else facts.milestone.done_on


def _lag(facts: Facts, today: date) -> str:
    milestone = facts.milestone
    if milestone.kind is not Kind.ANNUAL_REPORT:
        return ""
    published = facts.publication is not None or milestone.state is State.DONE
    if published and _ended_on(facts) is None:
        return "Not known, because the publication date is not known"
    return lag_wording(lag_days(milestone.reports_on, _ended_on(facts), today), published=published)
