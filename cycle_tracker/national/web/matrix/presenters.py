"""The matrix in words: a row for each partnership, a cell for the plan and for each report."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from flask import get_template_attribute
from markupsafe import Markup

from cycle_tracker.core import addresses
from cycle_tracker.core.document_states import EXPLAINED_AHEAD, DocumentState
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import YEARS_IN_PERIOD, Period
from cycle_tracker.documents.queries.beside_plan.listed import BesidePlan
from cycle_tracker.documents.web.beside_plan.words import beside_words
from cycle_tracker.documents.web.versions import interim_words
from cycle_tracker.national.queries.documents import KEPT_LISTS, DocumentSort, FollowedDocument
from cycle_tracker.national.web.matrix.filters import MatrixFilters
from cycle_tracker.partnerships.queries.partnerships import PartnershipName
from cycle_tracker.web.links import url_for
from cycle_tracker.web.sheets import Cell, Sheet
from cycle_tracker.web.wording import Status, day, document_status, lag_wording

KEPT_WORDS = 1_024
# The columns that a file has of a plan and not of a report.
OF_PLANS = ("own start", "interim plan until", "target date of the revision in preparation")


class Followed(NamedTuple):
    """One document in a cell: its status, its dates in words with its lag, each on a line."""

    title: str
    address: str
    status: Status
    dates: str


class MatrixRow(NamedTuple):
    """One partnership: for each column its heading and the documents in it, as a rule one."""

    name: str
    address: str
    cells: list[tuple[str, list[Followed]]]


class BesideRow(NamedTuple):
    """What is recorded beside a plan, in a sentence: whose plan it is, its page, and where the record is published."""

    partnership: str
    title: str
    plan_address: str
    words: str
    address: str


@dataclass(frozen=True)
class Total:
    """How many documents of each column are in one state, and the matrix of that state alone."""

    label: str
    address: str
    numbers: list[int]


def columns(period: Period) -> list[str]:
    """What stands in the columns: `Plan`, `Report 1: 2023–24` and so on."""
    start = period.start.year
    years = (f"{start + year}–{(start + year + 1) % 100:02d}" for year in range(YEARS_IN_PERIOD))
    return ["Plan", *(f"Report {number}: {year}" for number, year in enumerate(years, 1))]


def matrix_rows(
    partnerships: Iterable[PartnershipName], documents: Iterable[FollowedDocument], period: Period
) -> list[MatrixRow]:
    """The partnerships with their documents in the columns of the period."""
    headings = columns(period)
    slugs: dict[int, str] = {}
    rows: dict[int, MatrixRow] = {}
    for one in partnerships:
        slugs[one.id] = one.slug
        rows[one.id] = MatrixRow(one.name, addresses.partnership(one.slug), [(heading, []) for heading in headings])
    for document in documents:
        number, column = document.partnership_id, _column(document.kind, document.year)
        if column is not None and number in rows:
            rows[number].cells[column][1].append(followed(document, slugs[number]))
    return list(rows.values())


@lru_cache(KEPT_LISTS)
def table_rows(
    partnerships: tuple[PartnershipName, ...], documents: tuple[FollowedDocument, ...], period: Period
) -> Markup:
    """The same as the page has them, kept under all that they are made from: nothing else is in them, so what was
    made once is right for everybody to whom these partnerships and documents may be shown."""
    rows: Markup = get_template_attribute("national/matrix/_rows.html", "matrix_rows")(
        matrix_rows(partnerships, documents, period)
    )
    return rows


def with_state(
    partnerships: Iterable[PartnershipName], documents: Iterable[FollowedDocument], state: DocumentState
) -> list[PartnershipName]:
    """The partnerships that have a document in this state."""
    wanted = {one.partnership_id for one in documents if one.state is state}
    return [one for one in partnerships if one.id in wanted]


def totals(counted: Mapping[DocumentSort, int], filters: MatrixFilters) -> list[Total]:
    """The number in each state that any document is in, by column."""
    numbers: Counter[tuple[DocumentState, int]] = Counter()
    for (state, kind, year), number in counted.items():
        column = _column(kind, year)
        if column is not None:
            numbers[state, column] += number
    return [
        Total(
            label=document_status(state).label,
            address=url_for("matrix.show", **filters.in_address(state=state.value)),
            numbers=[numbers[state, column] for column in range(YEARS_IN_PERIOD + 1)],
        )
        for state in DocumentState
        if any(numbers[state, column] for column in range(YEARS_IN_PERIOD + 1))
    ]


def beside_rows(records: Iterable[BesidePlan]) -> list[BesideRow]:
    """Late starts, notices of disagreement and directions as the page lists them."""
    return [
        BesideRow(one.partnership, one.title, addresses.milestone(one.slug, one.key), *beside_words(one))
        for one in records
    ]


def followed(document: FollowedDocument, slug: str) -> Followed:
    """One document in words, of the partnership of this slug."""
    return Followed(
        document.title,
        addresses.milestone(slug, document.key),
        document_status(document.state),
        _lines(date_words(document)),
    )


@lru_cache(KEPT_WORDS)
def _lines(words: tuple[str, ...]) -> str:
    return "\n".join(words)


def date_words(document: FollowedDocument) -> tuple[str, ...]:
    """The dates that go with the status of a document, and the lag of a report, each in words of its own."""
    return _date_words(
        document.target_on,
        document.own_start_on,
        document.published_on,
        document.expected_on if document.state in EXPLAINED_AHEAD else None,
        document.lag,
        document.interim_until,
        document.revision_target_on,
        published=document.published,
    )


@lru_cache(KEPT_WORDS)
def _date_words(
    guidance: date | None,
    own_start: date | None,
    published_on: date | None,
    expected: date | None,
    lag: int | None,
    interim_until: date | None,
    revision_target: date | None,
    *,
    published: bool,
) -> tuple[str, ...]:
    """Most documents of a year have the same dates."""
    if published:
        found = f"Published {day(published_on)}" if published_on else "Published, date not known"
    else:
        found = f"Guidance date {day(guidance)}" if guidance else "No guidance date"
    first = (f"New expected date {day(expected)}",) if expected and not published else ()
    started = (f"Late-started plan, own start {day(own_start)}",) if own_start else ()
    interim = (interim_words(interim_until),) if interim_until else ()
    revised = (f"Revision in preparation, target date {day(revision_target)}",) if revision_target else ()
    last = lag_wording(lag, published=published)
    return (*first, *interim, found, *started, *revised, *((last,) if last else ()))


def sheet(
    partnerships: Iterable[PartnershipName], documents: Sequence[FollowedDocument], filters: MatrixFilters, today: date
) -> Sheet:
    """The matrix as a file has it: a row for each partnership, several columns for each document."""
    names = ["Partnership"]
    for number, name in enumerate(columns(filters.shown_period)):
        names += [name, f"{name}, guidance date", f"{name}, new expected date", f"{name}, published on"]
        names += [f"{name}, days after year end"] if number else [f"{name}, {one}" for one in OF_PLANS]
    rows = []
    for partnership, cells in _with_cells(partnerships, documents):
        row: list[Cell] = [partnership.name]
        for number, cell in enumerate(cells):
            row += _cells_of(cell[0] if cell else None, is_report=bool(number))
        rows.append(row)
    return Sheet(f"plans-and-reports-{filters.shown_period.name}-{today.isoformat()}", names, rows)


def _cells_of(document: FollowedDocument | None, *, is_report: bool) -> list[Cell]:
    if document is None:
        return [""] * (5 if is_report else 4 + len(OF_PLANS))
    return [
        document_status(document.state).label,
        document.target_on,
        document.expected_on,
        document.published_on,
        *((document.lag,) if is_report else (document.own_start_on, document.interim_until)),
        *(() if is_report else (document.revision_target_on,)),
    ]


def _with_cells(
    partnerships: Iterable[PartnershipName], documents: Iterable[FollowedDocument]
) -> list[tuple[PartnershipName, list[list[FollowedDocument]]]]:
    """The partnerships, each with the documents of its cells."""
    found: list[tuple[PartnershipName, list[list[FollowedDocument]]]] = [
        (one, [[] for _ in range(YEARS_IN_PERIOD + 1)]) for one in partnerships
    ]
    cells_of = {one.id: cells for one, cells in found}
    for document in documents:
        column = _column(document.kind, document.year)
        if column is not None and document.partnership_id in cells_of:
            cells_of[document.partnership_id][column].append(document)
    return found


def _column(kind: Kind, year: int) -> int | None:
    """The plan stands first, then the reports by their year."""
    if kind is Kind.PLAN:
        return 0
    return year if 1 <= year <= YEARS_IN_PERIOD else None
