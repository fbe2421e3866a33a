"""Every plan and annual report of a plan period, or of one partnership, whatever state it is in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import Asked, OneOf, built_once, day_of, number_of, rows_and_which_find_any, rows_of
from cycle_tracker.documents.queries.document_facts import FACTS, first_facts, with_facts
from cycle_tracker.documents.queries.revisions.of_plans import target_in_preparation
from cycle_tracker.documents.rules.documents import document_state, lag_days
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership

KEPT_LISTS = 16
"""Lists of documents that are kept beside the rows that they were made from: a page of each period that people read."""

DocumentSort = tuple[DocumentState, Kind, int]
"""What documents are counted by: state, kind and year."""


class FollowedDocument(NamedTuple):
    """One document as officials follow it. `year` is the year of the period that a report covers, 0 for a plan.

    `expected_on` is the date of the newest explanation that was shared, `explanation` its words. `lag` counts days from
    the 31 March that a report covers; None for a plan, and where the day of publication is not known. `interim_until`
    is the last day of an interim plan in place of the plan, `revision_target_on` the target date of a revision that is
    in preparation.
    """

    partnership_id: int
    key: str
    title: str
    kind: Kind
    period: Period | None
    year: int
    state: DocumentState
    target_on: date | None
    published: bool
    published_on: date | None
    explanation: str
    expected_on: date | None
    lag: int | None
    own_start_on: date | None = None
    interim_until: date | None = None
    revision_target_on: date | None = None


def list_documents_of_period(
    period: Period, today: date, *, within: frozenset[int] | None = None
) -> Sequence[FollowedDocument]:
    """The documents of one plan period, the first of a partnership's plans and reports before the others; `within` are
    the partnerships that the person may follow, None all of them. In one statement."""
    return list_documents_and_which_find_any(period, today, [], within=within)[0]


def list_documents_and_which_find_any(
    period: Period, today: date, others: Sequence[Asked], *, within: frozenset[int] | None = None
) -> tuple[tuple[FollowedDocument, ...], list[bool]]:
    """The same, with which of these other statements find anything."""
    asked = Asked(_of_period(reach_of(within)), {"period": period.start, **values_of(within)})
    rows, any_of = rows_and_which_find_any(asked, others)
    return _documents_of(tuple([row[:_NUMBER_OF_COLUMNS] for row in rows]), period, today), any_of


def list_documents_of_partnership(partnership: Partnership, today: date) -> list[FollowedDocument]:
    """Every document of one partnership, the newest period first, the plan before its reports. In one statement."""
    rows = rows_of(_of_partnership(), partnership=partnership.id)
    found = [_one(row[:-1], Period(row.period_start) if row.period_start else None, today) for row in rows]
    return sorted(found, key=lambda one: (-one.period.start.year if one.period else 0, one.year, one.key))


def count_documents(documents: Iterable[FollowedDocument]) -> Counter[DocumentSort]:
    """How many of these documents there are in each state, by kind and year."""
    return Counter((one.state, one.kind, one.year) for one in documents)


def count_documents_of_period(
    period: Period, today: date, *, within: frozenset[int] | None = None
) -> Counter[DocumentSort]:
    """The same of all documents of a plan period, in one statement.

    Most documents are alike in everything that their state depends on, so the database counts them, and each sort is
    looked at only once.
    """
    numbers: Counter[DocumentSort] = Counter()
    for row in rows_of(_sorts(reach_of(within)), period=period.start, **values_of(within)):
        numbers[document_state(first_facts(row), today), row.kind, year_of(row.reports_on, period)] += row.number
    return numbers


_COLUMNS = (*FACTS, Milestone.partnership_id, Milestone.key, Milestone.title, target_in_preparation())
"""What `_one` reads, in this order."""
_NUMBER_OF_COLUMNS = len(_COLUMNS)


@built_once
def _of_period(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        with_facts(select(*_COLUMNS))
        .where(IS_DOCUMENT, in_reach(Milestone.partnership_id, reach), is_of_period())
        .order_by(Milestone.id)
    )


@built_once
def _of_partnership() -> Select[*tuple[Any, ...]]:
    return (
        with_facts(select(*_COLUMNS, Cycle.period_start))
        .outerjoin(Cycle, Cycle.id == Milestone.cycle_id)
        .where(IS_DOCUMENT, Milestone.partnership_id == number_of("partnership"))
        .order_by(Milestone.reports_on, Milestone.id)
    )


@built_once
def _sorts(reach: Reach) -> Select[*tuple[Any, ...]]:
    each = (
        with_facts(select(*FACTS))
        .where(IS_DOCUMENT, in_reach(Milestone.partnership_id, reach), is_of_period())
        .subquery()
    )
    sort = [column for column in each.c if column.name not in {"published_on", "explanation"}]
    return select(*sort, func.count().label("number")).group_by(*sort)


def is_of_period() -> OneOf:
    """True for what belongs to the plan period that is put in as `period`."""
    return OneOf(Milestone.cycle_id, select(Cycle.id).where(Cycle.period_start == day_of("period")))


@lru_cache(KEPT_LISTS)
def _documents_of(rows: tuple[tuple[Any, ...], ...], period: Period, today: date) -> tuple[FollowedDocument, ...]:
    """What these rows say on this day. The same rows say the same, so it is worked out once for all who ask."""
    return tuple(_one(row, period, today) for row in rows)


def _one(row: Any, period: Period | None, today: date) -> FollowedDocument:
    facts = first_facts(row)
    kind, reports_on, published_on, explanation, partnership_id, key, title, revision_target_on = row[len(facts) :]
    is_measured = published_on is not None or not facts.published
    return FollowedDocument(
        partnership_id,
        key,
        title,
        kind,
        period,
        year_of(reports_on, period),
        document_state(facts, today),
        facts.target_on,
        facts.published,
        published_on,
        explanation or "",
        facts.explained_until,
        lag_days(reports_on, published_on, today) if is_measured else None,
        facts.own_start_on,
        None if facts.published else facts.interim_until,
        revision_target_on,
    )


def year_of(reports_on: date | None, period: Period | None) -> int:
    """Which reporting year of its period a report covers; 0 for a plan."""
    if reports_on is None or period is None:
        return 0
    return reports_on.year - period.start.year
