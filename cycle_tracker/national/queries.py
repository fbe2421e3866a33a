"""Every plan and annual report of a plan period, or of one partnership, whatever state it is in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import OneOf, built_once, day_of, rows_of
from cycle_tracker.documents.queries.document_facts import FACTS, facts_in, with_facts
from cycle_tracker.documents.rules.documents import document_state, lag_days
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership


@dataclass(frozen=True)
class FollowedDocument:
    """One document as officials follow it. `year` is the year of the period that a report covers, 0 for a plan.

    `expected_on` is the date of the newest explanation that was shared, `explanation` its words. `lag` counts days from
    the 31 March that a report covers; None for a plan, and where the day of publication is not known.
    """

    partnership_id: int
    slug: str
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


def list_documents_of_period(
    period: Period, today: date, *, within: frozenset[int] | None = None
) -> list[FollowedDocument]:
    """The documents of one plan period by partnership, the plan first; `within` are the partnerships that the person
    may follow, None all of them. In one statement."""
    statement = _documents(reach_of(within), of_period=True)
    return [_one(row, today) for row in rows_of(statement, period=period.start, **values_of(within))]


def list_documents_of_partnership(partnership: Partnership, today: date) -> list[FollowedDocument]:
    """Every document of one partnership, the newest period first, the plan before its reports. In one statement."""
    rows = rows_of(_documents(Reach.ONE, of_period=False), **values_of(frozenset({partnership.id})))
    found = [_one(row, today) for row in rows]
    return sorted(found, key=lambda one: (-one.period.start.year if one.period else 0, one.year, one.key))


def count_documents_of_period(
    period: Period, today: date, *, within: frozenset[int] | None = None
) -> dict[tuple[DocumentState, Kind, int], int]:
    """How many documents of a plan period there are in each state, by kind and year. In one statement.

    Most documents are alike in everything that their state depends on, so the database counts them, and each sort is
    looked at only once.
    """
    numbers: dict[tuple[DocumentState, Kind, int], int] = {}
    for row in rows_of(_sorts(reach_of(within)), period=period.start, **values_of(within)):
        key = (document_state(facts_in(row), today), row.kind, _year(row.reports_on, period))
        numbers[key] = numbers.get(key, 0) + row.number
    return numbers


@built_once
def _documents(reach: Reach, *, of_period: bool) -> Select[*tuple[Any, ...]]:
    statement = with_facts(
        select(
            Milestone.key,
            Milestone.title,
            Milestone.partnership_id,
            Partnership.slug,
            Cycle.period_start,
            *FACTS,
        )
    ).where(IS_DOCUMENT, in_reach(Milestone.partnership_id, reach))
    if of_period:
        statement = statement.where(_is_of_period())
    return statement.order_by(Partnership.name, Partnership.id, Milestone.reports_on, Milestone.id)


@built_once
def _sorts(reach: Reach) -> Select[*tuple[Any, ...]]:
    each = (
        with_facts(select(*FACTS))
        .where(IS_DOCUMENT, in_reach(Milestone.partnership_id, reach), _is_of_period())
        .subquery()
    )
    sort = [
        each.c[name]
        for name in ("kind", "state", "opens_on", "target_on", "reports_on", "notify_from")
        + ("is_published", "notified", "interim_until", "explained_until")
    ]
    return select(*sort, func.count().label("number")).group_by(*sort)


def _is_of_period() -> OneOf:
    return OneOf(Milestone.cycle_id, select(Cycle.id).where(Cycle.period_start == day_of("period")))


def _one(row: Any, today: date) -> FollowedDocument:
    period = Period(row.period_start) if row.period_start else None
    is_measured = not row.is_published or row.published_on is not None
    return FollowedDocument(
        partnership_id=row.partnership_id,
        slug=row.slug,
        key=row.key,
        title=row.title,
        kind=row.kind,
        period=period,
        year=_year(row.reports_on, period),
        state=document_state(facts_in(row), today),
        target_on=row.target_on,
        published=bool(row.is_published),
        published_on=row.published_on,
        explanation=row.explanation or "",
        expected_on=row.explained_until,
        lag=lag_days(row.reports_on, row.published_on, today) if is_measured else None,
    )


def _year(reports_on: date | None, period: Period | None) -> int:
    """Which reporting year of its period a report covers; 0 for a plan."""
    if reports_on is None or period is None:
        return 0
    return reports_on.year - period.start.year
