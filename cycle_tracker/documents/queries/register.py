"""The public register of what is published."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from cycle_tracker.access.queries.scopes import IS_DOCUMENT
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import Period
from cycle_tracker.core.statements import (
    OneOf,
    built_once,
    day_of,
    number_of,
    numbers_of,
    rows_of,
)
from cycle_tracker.core.wording import COUNTED_TO
from cycle_tracker.models.cycle import Cycle
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import (
    FIRST_PUBLISHED_ON,
    IS_PUBLISHED,
    Form,
    Publication,
    PublicationAddress,
    Version,
)
from cycle_tracker.partnerships.queries.partnerships import PartnershipName

# So many documents a partnership has published at least, as a rule. Where each has, the documents of the first page are
# found among those of this many times fewer partnerships.
LIKELY_EACH = 6
# The day of a version that is not the first one.
_NEWER_ON = case((Publication.is_newer, Publication.published_on))


class PublishedAddress(NamedTuple):
    """Where one form of a document is published, in one language."""

    form: Form
    language: str
    address: str


class EarlierVersion(NamedTuple):
    """A version that was published before the present one."""

    version: Version
    published_on: date | None
    addresses: list[PublishedAddress]
    interim_until: date | None


class PublishedDocument(NamedTuple):
    """One published document, with the versions before it, the newest first. `interim_until` is the last day of an
    interim plan."""

    partnership: str
    title: str
    period: Period | None
    published_on: date | None
    newer_on: date | None
    addresses: list[PublishedAddress]
    kind: Kind
    earlier: list[EarlierVersion]
    milestone_id: int
    version: Version
    interim_until: date | None


def list_published(
    having_some: Sequence[PartnershipName], *, partnership: str = "", period: Period | None = None
) -> list[PublishedDocument]:
    """The published plans and annual reports with their addresses, by partnership, the newest first. Drafts published
    for a consultation are left out. In one statement."""
    statement = _documents(one_partnership=bool(partnership), one_period=period is not None, paged=False)
    return _read(rows_of(statement, **_values(having_some, partnership, period)))


def list_page_of_published(
    having_some: Sequence[PartnershipName],
    *,
    partnership: str = "",
    period: Period | None = None,
    page: int,
    per_page: int,
) -> tuple[list[PublishedDocument], int]:
    """One page of them and the one after it; and how many there are, one more than `COUNTED_TO` where there are more,
    and 0 where the page is beyond the last. In one statement; the first page in two where the first partnerships have
    published less than they do after a period or two."""
    up_to = page * per_page + 1
    likely = [having_some[: up_to // LIKELY_EACH + 1]] if page == 1 else []
    for first in (*likely, having_some[:up_to]):
        rows = rows_of(
            _documents(one_partnership=bool(partnership), one_period=period is not None, paged=True),
            **_values(first, partnership, period),
            at_most=per_page + 1,
            skipped=(page - 1) * per_page,
        )
        found = _read(rows)
        if len(found) > per_page or partnership or period or len(first) == len(having_some):
            break
    return found, int(rows[0].in_all) if rows else 0


def _read(rows: Sequence[Any]) -> list[PublishedDocument]:
    """Documents from rows of which each is one address of a document, or a document without any; with the versions
    before them, where there are any."""
    found: dict[int, PublishedDocument] = {}
    newer = set()
    for number, name, title, kind, start, published_on, newer_on, place, milestone_id, *rest in rows:
        version, interim_until, form, language, address, *_ = rest
        document = found.get(number)
        if document is None:
            period = Period(start) if start else None
            found[number] = document = PublishedDocument(
                *(name, title, period, published_on, newer_on, [], kind, [], milestone_id),
                version,
                interim_until,
            )
            if place > 1:
                newer.add(number)
        if address is not None:
            document.addresses.append(PublishedAddress(form, language, address))
    if newer:
        _add_earlier(found, rows_of(_earlier(), publications=sorted(newer)))
    return list(found.values())


def _add_earlier(found: Mapping[int, PublishedDocument], rows: Sequence[Any]) -> None:
    places: dict[int, list[PublishedAddress]] = {}
    for present, number, version, published_on, interim_until, form, language, address in rows:
        if number not in places:
            places[number] = []
            found[present].earlier.append(EarlierVersion(version, published_on, places[number], interim_until))
        if address is not None:
            places[number].append(PublishedAddress(form, language, address))


def _values(first: Sequence[PartnershipName], partnership: str, period: Period | None) -> dict[str, Any]:
    """`first` are the partnerships among which the documents are, where all partnerships are asked for."""
    if not (partnership or period):
        return {"last_partnership": first[-1].id if first else 0}
    values = {"partnership": partnership, "period": period.start if period else None}
    return {name: value for name, value in values.items() if value}


@built_once
def _documents(*, one_partnership: bool, one_period: bool, paged: bool) -> Select[*tuple[Any, ...]]:
    """A row for each address of each document, in the order of the documents; `_read` reads its columns in this order.
    A page has the number of all documents in each row besides,
    so that the database is asked once."""
    columns = [
        *(Publication.id, Partnership.name, Milestone.title, Milestone.kind, Cycle.period_start),
        *(FIRST_PUBLISHED_ON, _NEWER_ON, Publication.number, Publication.milestone_id),
        *(Publication.version, Publication.interim_until),
    ]
    address = [PublicationAddress.form, PublicationAddress.language, PublicationAddress.address]
    order = (
        Partnership.name,
        Partnership.id,
        Cycle.period_start.desc(),
        Milestone.reports_on.desc(),
        Milestone.id.desc(),
    )
    wanted = _published(select(Publication.id), one_partnership=one_partnership, one_period=one_period)
    in_all: list[Any] = []
    if paged:
        wanted = wanted.order_by(*order).limit(number_of("at_most")).offset(number_of("skipped"))
        counted = _count(one_partnership=one_partnership, one_period=one_period)
        in_all = [counted.correlate(None).scalar_subquery().label("in_all")]
    return (
        select(*columns, *address, *in_all)
        .select_from(Publication)
        .join(Milestone, Milestone.id == Publication.milestone_id)
        .join(Partnership, Partnership.id == Milestone.partnership_id)
        .outerjoin(Cycle, Cycle.id == Milestone.cycle_id)
        .outerjoin(PublicationAddress, PublicationAddress.publication_id == Publication.id)
        .where(OneOf(Publication.id, wanted))
        .order_by(*order, PublicationAddress.id)
    )


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
        # By name, of which the list begins with the first. As a list of numbers each would be written into the words.
        last = aliased(Partnership)
        last_name = select(last.name).where(last.id == number_of("last_partnership")).scalar_subquery()
        first = select(Partnership.id).where(Partnership.name <= last_name)
        documents = documents.where(OneOf(Milestone.partnership_id, first))
    return statement.where(OneOf(Publication.milestone_id, documents))


@built_once
def _earlier() -> Select[*tuple[Any, ...]]:
    """A row for each address of each version before the present one of these documents, the newest version first;
    `_add_earlier` reads its columns in this order. A draft that was published for a consultation is no version for the
    register, nor is one that was undone."""
    before = aliased(Publication)
    return (
        select(
            Publication.id,
            before.id,
            before.version,
            before.published_on,
            before.interim_until,
            PublicationAddress.form,
            PublicationAddress.language,
            PublicationAddress.address,
        )
        .join(before, before.milestone_id == Publication.milestone_id)
        .outerjoin(PublicationAddress, PublicationAddress.publication_id == before.id)
        .where(
            Publication.id.in_(numbers_of("publications")),
            before.recorded_to.is_(None),
            before.version != Version.DRAFT,
            before.number < Publication.number,
        )
        .order_by(Publication.id, before.number.desc(), PublicationAddress.id)
    )
