"""Every plan and annual report of a plan period, or of one partnership, whatever state it is in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, or_, select

from cycle_tracker.access.queries.reach import Reach, in_reach, reach_of, values_of
from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.core.document_states import DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import Asked, OneOf, built_once, day_of, number_of, rows_and_which_find_any, rows_of
from cycle_tracker.documents.queries.document_facts import FACTS, IS_ITSELF, first_facts, with_facts
from cycle_tracker.documents.queries.revisions.of_plans import target_in_preparation
from cycle_tracker.documents.rules.documents import document_state, lag_days
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.organisation import Organisation, OrganisationKind
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication, PublicationCopy

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
) -> list[FollowedDocument]:
    """The documents of one plan period, the first of a partnership's plans and reports before the others; `within` are
    the partnerships that the person may follow, None all of them. In one statement."""
    return list_documents_and_which_find_any(period, today, [], within=within)[0]


def list_documents_and_which_find_any(
    period: Period, today: date, others: Sequence[Asked], *, within: frozenset[int] | None = None
) -> tuple[list[FollowedDocument], list[bool]]:
    """The same, with which of these other statements find anything."""
    asked = Asked(_of_period(reach_of(within)), {"period": period.start, **values_of(within)})
    rows, any_of = rows_and_which_find_any(asked, others)
    return [_one(row[:_NUMBER_OF_COLUMNS], period, today) for row in rows], any_of


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
        numbers[document_state(first_facts(row), today), row.kind, _year(row.reports_on, period)] += row.number
    return numbers


_COLUMNS = (*FACTS, Milestone.partnership_id, Milestone.key, Milestone.title, target_in_preparation())
"""What `_one` reads, in this order."""
_NUMBER_OF_COLUMNS = len(_COLUMNS)


@built_once
def _of_period(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        with_facts(select(*_COLUMNS))
        .where(IS_DOCUMENT, in_reach(Milestone.partnership_id, reach), _is_of_period())
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
        .where(IS_DOCUMENT, in_reach(Milestone.partnership_id, reach), _is_of_period())
        .subquery()
    )
    sort = [column for column in each.c if column.name not in {"published_on", "explanation"}]
    return select(*sort, func.count().label("number")).group_by(*sort)


def _is_of_period() -> OneOf:
    return OneOf(Milestone.cycle_id, select(Cycle.id).where(Cycle.period_start == day_of("period")))


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
        _year(reports_on, period),
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


def _year(reports_on: date | None, period: Period | None) -> int:
    """Which reporting year of its period a report covers; 0 for a plan."""
    if reports_on is None or period is None:
        return 0
    return reports_on.year - period.start.year


class NationalDocument(NamedTuple):
    """One document of the national picture, named as in its key: `plan`, `annual-report-1`. `sent_on` is the day on
    which the Scottish Government was sent it, which may be before a plan is published; `own_start_on` the agreed start
    of a late-started plan; `interim_until` the last day of an interim plan in place of the plan; `revision_target_on`
    the target date of a revision that is in preparation."""

    partnership: str
    document: str
    state: DocumentState
    target_on: date | None
    due_on: date | None
    prepared_on: date | None
    sent_on: date | None
    published_on: date | None
    own_start_on: date | None
    interim_until: date | None
    revision_target_on: date | None


def list_national_documents(period: Period, today: date) -> list[NationalDocument]:
    """The documents of one plan period, by partnership, the plan before its reports. In one statement."""
    return [_national(row, period, today) for row in rows_of(_national_documents(), period=period.start)]


@built_once
def _national_documents() -> Select[*tuple[Any, ...]]:
    sent_on = (
        select(func.min(PublicationCopy.sent_on))
        .join(Organisation, Organisation.id == PublicationCopy.receiver_id)
        .where(
            PublicationCopy.milestone_id == Milestone.id,
            or_(
                and_(PublicationCopy.publication_id.is_(None), PublicationCopy.revision_id.is_(None)),
                and_(PublicationCopy.publication_id == Publication.id, IS_ITSELF),
            ),
            Organisation.kind == OrganisationKind.SCOTTISH_GOVERNMENT,
        )
        .correlate(Milestone, Publication)
        .scalar_subquery()
    )
    columns = (
        *(*FACTS, Partnership.slug, Milestone.due_on, Milestone.done_on, sent_on.label("sent_on")),
        target_in_preparation().label("revision_target_on"),
    )
    return (
        with_facts(select(*columns))
        .where(IS_DOCUMENT, _is_of_period())
        .order_by(Partnership.slug, Milestone.reports_on.is_not(None), Milestone.reports_on, Milestone.id)
    )


def _national(row: Any, period: Period, today: date) -> NationalDocument:
    year = _year(row.reports_on, period)
    return NationalDocument(
        partnership=row.slug,
        document=f"annual-report-{year}" if year else "plan",
        state=document_state(first_facts(row), today),
        target_on=row.target_on,
        due_on=row.due_on,
        prepared_on=row.done_on if row.is_prepared else None,
        sent_on=row.sent_on,
        published_on=row.published_on,
        own_start_on=row.own_start_on,
        interim_until=None if row.is_published else row.interim_until,
        revision_target_on=row.revision_target_on,
    )
