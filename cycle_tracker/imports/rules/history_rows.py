"""One row of the history of plans and reports: which document, and what is known of it.

Three things are told apart: published on a day, published on a day that nobody knows ("unknown"), and not known
whether it was published at all (nothing in the row), which leaves "no record here yet".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.periods import FIRST_START, YEARS_IN_PERIOD, Period, reporting_year
from cycle_tracker.core.web_addresses import ensure_web_address
from cycle_tracker.imports.rules.import_rows import Columns, Problem, RowReader, SheetRow, shortened

PARTNERSHIP, DOCUMENT, PERIOD, PUBLISHED, ADDRESS, SENT, RECEIVED, NOTE = (
    "partnership",
    "document",
    "period",
    "published on",
    "address",
    "sent to Scottish Government on",
    "received on",
    "note",
)
COLUMNS = Columns(
    names=(PARTNERSHIP, DOCUMENT, PERIOD, PUBLISHED, ADDRESS, SENT, RECEIVED, NOTE),
    required=frozenset({PARTNERSHIP, DOCUMENT, PERIOD, PUBLISHED}),
)
LONGEST_NOTE = 1000
UNKNOWN = "unknown"
UNKNOWN_DAY = frozenset({UNKNOWN, "date unknown", "not known", "date not known"})
NOTHING_KNOWN = frozenset({"", "?", "-", "n/a", "not known whether"})
PLAN_NAMES = frozenset({"plan", "childrens services plan", "children s services plan", "csp", "icsp"})
REPORT = re.compile(r"(?:annual )?report(?: no)?(?: on| for)? ?(?P<year>[123]|20[0-9]{2} (?:20)?[0-9]{2})")
SPOKEN_PERIOD = re.compile(r"(2[0-9]{3})\s*(?:[-–—/]|to)\s*(?:2[0-9])?([0-9]{2})")


@dataclass(frozen=True, order=True)
class Document:
    """One document of a cycle: its plan (year 0), or the annual report on year 1, 2 or 3."""

    period: Period
    year: int = 0

    @property
    def kind(self) -> Kind:
        """A plan or an annual report."""
        return Kind.ANNUAL_REPORT if self.year else Kind.PLAN

    @property
    def key(self) -> str:
        """The key of its milestone, as the templates of every edition have it."""
        return f"{self.period.name}.{f'annual-report-{self.year}' if self.year else 'plan-prepared'}"

    @property
    def name(self) -> str:
        """As files name it: `plan`, `annual report 2`."""
        return f"annual report {self.year}" if self.year else "plan"

    @property
    def label(self) -> str:
        """As pages name it: `Plan 2023–26`, `Annual report 2, on 2024–25`."""
        if not self.year:
            return f"Plan {self.period.label}"
        return f"Annual report {self.year}, on {reporting_year(self.period.year_end(self.year))}"

    @property
    def reports_on(self) -> date | None:
        """The last day of the year that a report covers."""
        return self.period.year_end(self.year) if self.year else None


@dataclass(frozen=True)
class When:
    """A day on which something happened, or that it did on a day that nobody knows (`on` is None)."""

    on: date | None

    @property
    def written(self) -> str:
        """As a cell of a file has it."""
        return self.on.isoformat() if self.on else UNKNOWN


@dataclass(frozen=True)
class HistoryRow:
    """What a row says; None and empty where it says nothing. `place` is still to be looked up."""

    number: int
    place: str
    document: Document
    published: When | None
    address: str
    sent: When | None
    received: When | None
    note: str

    @property
    def says_something(self) -> bool:
        """False for a row that leaves "no record here yet"."""
        return bool(self.says_published or self.sent or self.received)

    @property
    def says_published(self) -> bool:
        """Whether it says that the document was published, on a day or at an address."""
        return bool(self.published or self.address)


def documents_until(today: date) -> list[Document]:
    """Every document that can have been published by today, from the first plan on: plans of the periods that have
    begun, and reports on the years that are over."""
    found = []
    period = Period(FIRST_START)
    while period.start <= today:
        found.append(Document(period))
        found += [Document(period, year) for year in range(1, YEARS_IN_PERIOD + 1) if period.year_end(year) < today]
        period = period.next()
    return found


def read_history_rows(rows: Iterable[SheetRow], today: date) -> tuple[list[HistoryRow], list[Problem]]:
    """The rows that can be read, and what is wrong with the others."""
    read: list[HistoryRow] = []
    problems: list[Problem] = []
    for row in rows:
        reader = RowReader(row)
        found = _read(reader, today)
        if reader.problems or found is None:
            problems += reader.problems
        else:
            read.append(found)
    return read, problems


def _read(reader: RowReader, today: date) -> HistoryRow | None:
    place = reader.text(PARTNERSHIP, longest=200)
    if not reader.row[PARTNERSHIP]:
        reader.refuse(PARTNERSHIP, "Enter a partnership.")
    published, sent, received = (_when(reader, column, today) for column in (PUBLISHED, SENT, RECEIVED))
    if received is not None and received.on is None:
        reader.refuse(RECEIVED, "Enter the date it was received, or leave this empty.")
    address, note = _address(reader), reader.text(NOTE, longest=LONGEST_NOTE)
    document = _document(reader, today)
    if document is None:
        return None
    row = HistoryRow(reader.row.number, place, document, published, address, sent, received, note)
    _check_order(reader, row)
    return row


def _document(reader: RowReader, today: date) -> Document | None:
    period = _period(reader)
    name = " ".join(re.sub(r"[^a-z0-9]+", " ", reader.row[DOCUMENT][:100].casefold()).split())
    report = REPORT.fullmatch(name)
    if not name:
        reader.refuse(DOCUMENT, "Enter the document. It can be plan, or annual report 1, 2 or 3.")
        return None
    if name not in PLAN_NAMES and not report:
        reader.refuse(
            DOCUMENT,
            f"“{shortened(reader.row[DOCUMENT])}” is not a document we recognise. "
            "Enter plan, or annual report 1, 2 or 3.",
        )
        return None
    if period is None:
        return None
    document = Document(period, _year(report["year"], period) if report else 0)
    if not 0 <= document.year <= YEARS_IN_PERIOD:
        reader.refuse(DOCUMENT, f"The plan period {period.label} has no report for that year.")
        return None
    if document not in documents_until(today):
        reader.refuse(
            PERIOD if not document.year else DOCUMENT,
            f"The plan period {period.label} has not started yet."
            if period.start > today
            else f"The year it reports on has not ended. It ends on {period.year_end(document.year):%-d %B %Y}.",
        )
        return None
    return document


def _period(reader: RowReader) -> Period | None:
    text = reader.row[PERIOD]
    if not text:
        reader.refuse(PERIOD, "Enter the plan period, for example 2023-26.")
        return None
    found = SPOKEN_PERIOD.fullmatch(text[:40].strip())
    try:
        return Period.named(f"{found[1]}-{found[2]}" if found else text[:40])
    except RuleBroken:
        reader.refuse(PERIOD, f"“{shortened(text)}” is not a plan period. Enter it like 2020-23.")
        return None


def _year(text: str, period: Period) -> int:
    """The number of the report: as it was given, or worked out from the year that it is on; -1 where it is none."""
    if len(text) == 1:
        return int(text)
    first, last = int(text[:4]), int(text[-2:])
    year = first - period.start.year + 1
    return year if year > 0 and last == (first + 1) % 100 else -1


def _when(reader: RowReader, column: str, today: date) -> When | None:
    word = " ".join(reader.row[column][:100].casefold().split())
    if word in NOTHING_KNOWN:
        return None
    if word in UNKNOWN_DAY:
        return When(None)
    day = reader.day(column)
    if day is not None and day > today:
        reader.refuse(column, "The date must be today or in the past.")
        return None
    return When(day) if day else None


def _address(reader: RowReader) -> str:
    address = reader.row[ADDRESS]
    if address.casefold() in UNKNOWN_DAY | NOTHING_KNOWN:
        return ""
    try:
        ensure_web_address(address)
    except RuleBroken as rule:
        reader.refuse(ADDRESS, rule.message)
    return address


def _check_order(reader: RowReader, row: HistoryRow) -> None:
    if row.sent and row.received and row.sent.on and row.received.on and row.received.on < row.sent.on:
        reader.refuse(RECEIVED, f"The date received cannot be before the date sent, {row.sent.on:%-d %B %Y}.")
