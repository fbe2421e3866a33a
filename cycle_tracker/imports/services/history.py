"""The history of plans and reports: what rows say of documents, against what is recorded.

A document that somebody recorded meanwhile is shown with its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from cycle_tracker.access.rules.permissions import Permission, Viewer
from cycle_tracker.core.clock import london_day
from cycle_tracker.core.wording import day
from cycle_tracker.documents.queries.copies import waiting_copies
from cycle_tracker.documents.rules.documents import early_words
from cycle_tracker.documents.services.publication_corrections import OUT_OF_ORDER
from cycle_tracker.documents.services.versions import field_out_of_order
from cycle_tracker.imports.queries import known_versions_of, may_record, milestones_by_key, names_of, publications_of
from cycle_tracker.imports.rules.history_rows import (
    ADDRESS,
    DOCUMENT,
    PARTNERSHIP,
    PUBLISHED,
    RECEIVED,
    SENT,
    UNKNOWN,
    HistoryRow,
    read_history_rows,
)
from cycle_tracker.imports.rules.import_rows import Problem, SheetRow
from cycle_tracker.imports.services.plans import Change, Effect, Plan, Step, in_order, place_rows
from cycle_tracker.milestones.queries.milestones import government_copy, government_copy_among
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Form, Publication, PublicationCopy

ENGLISH = "en"
NOT_SAID = f"Enter the date the report was published, or “{UNKNOWN}”. A report is sent once it is published."


@dataclass(frozen=True)
class ImportedDocument:
    """One row with what is there of its document: the version that is present, and all that are known; and the copy
    that Scottish Government was sent of a plan before that was published."""

    row: HistoryRow
    partnership: Partnership
    document: Milestone | None = None
    publication: Publication | None = None
    known: Sequence[Publication] = ()
    waiting: PublicationCopy | None = None

    @property
    def copy(self) -> PublicationCopy | None:
        return government_copy(self.publication) if self.publication else self.waiting


def plan_history(rows: Sequence[SheetRow], viewer: Viewer, today: date, *, only: Partnership | None = None) -> Plan:
    """What these rows would change, in a constant number of statements; with `only`, all must be about one partnership.

    Every problem of every row is told.
    """
    read, found = read_history_rows(rows, today)
    problems = list(found)
    places = place_rows(rows, PARTNERSHIP, problems, only=only, allows=partial(may_record, viewer))
    placed = beside_what_is_there(_each_once(read, places, problems))
    _refuse_what_cannot_be(placed, viewer, problems)
    if problems:
        return Plan(problems=in_order(problems))
    names = names_of({one.publication.recorded_by_id for one in placed if one.publication})
    return Plan(steps=[_step(one, names) for one in placed])


def _each_once(
    rows: Sequence[HistoryRow], places: dict[int, Partnership], problems: list[Problem]
) -> list[ImportedDocument]:
    """The rows whose partnership is known, each document once."""
    first_of: dict[tuple[int, str], int] = {}
    found = []
    for row in rows:
        partnership = places.get(row.number)
        if partnership is None:
            continue
        first = first_of.setdefault((partnership.id, row.document.key), row.number)
        if first == row.number:
            found.append(ImportedDocument(row, partnership))
        else:
            problems.append(Problem(row.number, DOCUMENT, f"Row {first} is for the same document."))
    return found


def beside_what_is_there(rows: Sequence[ImportedDocument]) -> list[ImportedDocument]:
    """The rows with the documents that they name and what is recorded of them. A draft is no record of a document."""
    documents = milestones_by_key({one.partnership.id for one in rows}, {one.row.document.key for one in rows})
    numbers = [document.id for document in documents.values()]
    publications, known = publications_of(numbers), known_versions_of(numbers)
    waiting = waiting_copies(list(documents.values()))
    found = []
    for one in rows:
        document = documents.get((one.partnership.id, one.row.document.key))
        publication = publications.get(document.id) if document else None
        found.append(
            replace(
                one,
                document=document,
                publication=None if publication is None or publication.is_draft else publication,
                known=known.get(document.id, []) if document else [],
                waiting=government_copy_among(waiting.get(document.id, [])) if document else None,
            )
        )
    return found


def _refuse_what_cannot_be(rows: Sequence[ImportedDocument], viewer: Viewer, problems: list[Problem]) -> None:
    """Add what the rows cannot know of themselves: what stands beside them already."""
    for one in rows:
        row, copy, publication = one.row, one.copy, one.publication
        if publication is None and row.document.year and row.says_something and not row.says_published:
            problems.append(Problem(row.number, PUBLISHED, NOT_SAID))
        if one.document is not None and not one.document.is_document:
            problems.append(
                Problem(row.number, DOCUMENT, f"The key {row.document.key} is already used for “{one.document.title}”.")
            )
        if copy is not None and row.received is not None:
            if not row.sent and copy.sent_on and row.received.on and row.received.on < copy.sent_on:
                problems.append(
                    Problem(row.number, RECEIVED, f"It is already recorded as sent on {day(copy.sent_on)}.")
                )
            is_new = copy.received_on is not None and row.received.on != copy.received_on
            if is_new and not viewer.can(Permission.RECORD_RECEIPTS, one.partnership.id):
                problems.append(
                    Problem(
                        row.number,
                        RECEIVED,
                        f"{copy.receiver.name} recorded that it was received on {day(copy.received_on)}. "
                        "Leave this empty.",
                    )
                )
        newer_on = publication.newer_on if publication else None
        if newer_on and row.published and row.published.on and row.published.on > newer_on:
            problems.append(
                Problem(
                    row.number,
                    PUBLISHED,
                    f"A newer version was published on {day(newer_on)}, which is before this date.",
                )
            )
        elif publication and row.published and field_out_of_order(publication, row.published.on, newer_on, one.known):
            problems.append(Problem(row.number, PUBLISHED, OUT_OF_ORDER))


def _step(one: ImportedDocument, names: dict[int, str]) -> Step:
    changes = tuple(changes_of(one)) if one.row.says_something else ()
    if not one.row.says_something:
        effect = Effect.NOTHING if one.publication is None else Effect.UNCHANGED
    elif one.publication is None and (one.row.says_published or one.waiting is None):
        effect = Effect.NEW
    else:
        effect = Effect.CHANGED if changes else Effect.UNCHANGED
    return Step(
        number=one.row.number,
        place=one.partnership.name,
        subject=one.row.document.label,
        effect=effect,
        changes=changes,
        note=_note(one, effect, names),
        does=one,
    )


def _note(one: ImportedDocument, effect: Effect, names: dict[int, str]) -> str:
    """Who recorded what a row changes, and that a day is to be checked."""
    row = one.row
    early = early_words(row.document.reports_on, row.published.on if row.published else None)
    recorded = _recorded_by(one.publication, names) if effect is Effect.CHANGED else ""
    return " ".join(words for words in (recorded, early) if words)


def changes_of(one: ImportedDocument) -> list[Change]:
    """What a row changes of what is recorded of its document."""
    row, publication, copy = one.row, one.publication, one.copy
    found = []
    if row.says_published if publication is None else _is_other_day(row, publication):
        old = day(publication.first_published_on) if publication else ""
        found.append(Change(PUBLISHED, old, day(row.published.on if row.published else None)))
    old_address = full_address(publication)
    if row.address and row.address != old_address:
        found.append(Change(ADDRESS, old_address, row.address))
    if row.sent and (copy is None or row.sent.on != copy.sent_on):
        found.append(Change(SENT, day(copy.sent_on) if copy else "", day(row.sent.on)))
    if row.received and (copy is None or row.received.on != copy.received_on):
        old = day(copy.received_on) if copy and copy.received_on else ""
        found.append(Change(RECEIVED, old, day(row.received.on)))
    return found


def _is_other_day(row: HistoryRow, publication: Publication) -> bool:
    return row.published is not None and row.published.on != publication.first_published_on


def full_address(publication: Publication | None) -> str:
    """Where the whole document is published, in English."""
    addresses = publication.addresses if publication else []
    return next((one.address for one in addresses if one.form is Form.FULL and one.language == ENGLISH), "")


def _recorded_by(publication: Publication | None, names: dict[int, str]) -> str:
    if publication is None:
        return ""
    who = names.get(publication.recorded_by_id or 0, "")
    return f"Recorded {f'by {who} ' if who else ''}on {day(london_day(publication.recorded_from))}"
