"""The public register of what is published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import OneOf, built_once, day_of, number_of, numbers_of, rows_of
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.milestones.queries.published import IS_PUBLISHED
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Form, Publication, PublicationAddress
from cycle_tracker.partnerships.queries.partnerships import PartnershipName


@dataclass(frozen=True)
class PublishedAddress:
    """Where one form of a document is published, in one language."""

    form: Form
    language: str
    address: str


@dataclass(frozen=True)
class PublishedDocument:
    """One published document."""

    partnership: str
    title: str
    period: Period | None
    published_on: date | None
    newer_on: date | None
    addresses: list[PublishedAddress]


def list_published(
    having_some: Sequence[PartnershipName],
    *,
    partnership: str = "",
    period: Period | None = None,
    page: int = 1,
    per_page: int | None = None,
) -> list[PublishedDocument]:
    """One page of the published plans and annual reports with their addresses, by partnership, the newest first, and
    the one after it; with no `per_page` all of them. Drafts published for a consultation are left out. In two
    statements."""
    first = having_some if per_page is None else having_some[: page * per_page + 1]
    paged = {} if per_page is None else {"at_most": per_page + 1, "skipped": (page - 1) * per_page}
    statement = _page(one_partnership=bool(partnership), one_period=period is not None, paged=bool(paged))
    rows = rows_of(statement, **_values(partnership, period), **paged, first_partnerships=[one.id for one in first])
    found: dict[int, PublishedDocument] = {}
    for row in rows:
        published = found.setdefault(row.id, _one(row))
        if row.address is not None:
            published.addresses.append(PublishedAddress(row.form, row.language, row.address))
    return list(found.values())


def _one(row: Any) -> PublishedDocument:
    period = Period(row.period_start) if row.period_start else None
    return PublishedDocument(row.name, row.title, period, row.published_on, row.newer_on, [])


def count_published(*, partnership: str = "", period: Period | None = None) -> int:
    """How many there are; one more than `COUNTED_TO` where there are more. In one statement."""
    statement = _count(one_partnership=bool(partnership), one_period=period is not None)
    return int(rows_of(statement, **_values(partnership, period))[0][0])


def list_partnerships_with_publications() -> list[PartnershipName]:
    """The partnerships that have published something, by name."""
    return [PartnershipName(*row) for row in rows_of(_with_publications())]


def _values(partnership: str, period: Period | None) -> dict[str, Any]:
    values = {"partnership": partnership, "period": period.start if period else None}
    return {name: value for name, value in values.items() if value}


@built_once
def _page(*, one_partnership: bool, one_period: bool, paged: bool) -> Select[*tuple[Any, ...]]:
    """A row for each address of each document, in the order of the documents."""
    columns = (Publication.id, Partnership.name, Milestone.title, Cycle.period_start, Publication.published_on)
    address = (PublicationAddress.form, PublicationAddress.language, PublicationAddress.address)
    order = (
        Partnership.name,
        Partnership.id,
        Cycle.period_start.desc(),
        Milestone.reports_on.desc(),
        Milestone.id.desc(),
    )
    wanted = _published(select(Publication.id), one_partnership=one_partnership, one_period=one_period)
    if paged:
        wanted = wanted.order_by(*order).limit(number_of("at_most")).offset(number_of("skipped"))
    return (
        select(*columns, Publication.newer_on, *address)
        .select_from(Publication)
        .join(Milestone, Milestone.id == Publication.milestone_id)
        .join(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(Cycle, Cycle.id == Milestone.cycle_id)
        .outerjoin(PublicationAddress, PublicationAddress.publication_id == Publication.id)
        .where(OneOf(Publication.id, wanted))
        .order_by(*order, PublicationAddress.id)
    )


@built_once
def _count(*, one_partnership: bool, one_period: bool) -> Select[int]:
    # Only documents are published, so without filters the milestones need not be asked.
    found = select(Publication.id).where(IS_PUBLISHED)
    if one_partnership or one_period:
        found = _published(select(Publication.id), one_partnership=one_partnership, one_period=one_period)
    return select(func.count()).select_from(found.limit(COUNTED_TO + 1).subquery())


def _published(statement: Select[Any], *, one_partnership: bool, one_period: bool) -> Select[Any]:
    """Publications of documents. Which documents is found first, so that no more are looked at."""
    statement = (
        statement.select_from(Publication)
        .join(Milestone, Milestone.id == Publication.milestone_id)
        .join(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(Cycle, Cycle.id == Milestone.cycle_id)
        .where(IS_PUBLISHED)
    )
    documents = select(Milestone.id).where(IS_DOCUMENT)
    if one_partnership:
        partnership = select(Partnership.id).where(Partnership.slug == bindparam("partnership"))
        documents = documents.where(OneOf(Milestone.partnership_id, partnership))
    if one_period:
        cycles = select(Cycle.id).where(Cycle.period_start == day_of("period"))
        documents = documents.where(OneOf(Milestone.cycle_id, cycles))
    if not (one_partnership or one_period):
        first = select(Partnership.id).where(Partnership.id.in_(numbers_of("first_partnerships")))
        documents = documents.where(OneOf(Milestone.partnership_id, first))
    return statement.where(OneOf(Publication.milestone_id, documents))


@built_once
def _with_publications() -> Select[*tuple[Any, ...]]:
    # One that is found is enough. As a condition that anything exists the database would look at all of them.
    one = (
        select(Publication.id)
        .join(Milestone, Milestone.id == Publication.milestone_id)
        .where(IS_DOCUMENT, Milestone.partnership_id == Partnership.id, IS_PUBLISHED)
        .limit(1)
        .correlate(Partnership)
        .scalar_subquery()
    )
    return (
        select(Partnership.id, Partnership.slug, Partnership.name)
        .where(one.is_not(None))
        .order_by(Partnership.name, Partnership.id)
    )
