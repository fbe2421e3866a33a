"""Imports in words and as files: previews, templates to fill in, and what is recorded so far."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cycle_tracker.imports.queries import milestones_by_key, publications_of
from cycle_tracker.imports.rules import history_rows, milestone_rows
from cycle_tracker.imports.rules.history_rows import Document, When
from cycle_tracker.imports.services.history import full_address
from cycle_tracker.imports.services.plans import Effect
from cycle_tracker.imports.web.forms import GridRow
from cycle_tracker.milestones.queries.milestones import government_copy
from cycle_tracker.models.milestone import Milestone
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.models.publication import Publication
from cycle_tracker.web.sheets import STARTS_A_FORMULA, Cell, Sheet
from cycle_tracker.web.wording import count

EFFECTS = {
    Effect.NEW: ("New", "green"),
    Effect.CHANGED: ("Changed", "yellow"),
    Effect.UNCHANGED: ("Unchanged", "grey"),
    Effect.NOTHING: ("Empty", "grey"),
}
LED_BY_APOSTROPHES = re.compile(f"'+[{re.escape(''.join(STARTS_A_FORMULA))}]")

# What is recorded of documents, by partnership and key.
Records = Mapping[tuple[int, str], Publication]


@dataclass(frozen=True)
class ImportRow:
    """One row of a preview."""

    number: int
    place: str
    subject: str
    effect: str
    colour: str
    changes: Sequence[Sequence[str]]
    note: str


def preview_lines(rows: Sequence[Mapping[str, Any]]) -> list[ImportRow]:
    """The kept rows as they are shown: those that change something first, each in the order of the file."""
    ordered = sorted(rows, key=lambda row: row["effect"] not in {Effect.NEW, Effect.CHANGED})
    return [
        ImportRow(
            row["number"], row["place"], row["subject"], *EFFECTS[Effect(row["effect"])], row["changes"], row["note"]
        )
        for row in ordered
    ]


def summary(rows: Sequence[Mapping[str, Any]]) -> str:
    """What the rows do, in numbers: `10 new, 2 changed, 3 unchanged`."""
    effects = [Effect(row["effect"]) for row in rows]
    words = {
        Effect.NEW: "new",
        Effect.CHANGED: "changed",
        Effect.UNCHANGED: "unchanged",
        Effect.NOTHING: "empty, with the status “No record here yet”",
    }
    return ", ".join(f"{effects.count(effect):,} {said}" for effect, said in words.items() if effect in effects)


def count_to_record(rows: Sequence[Mapping[str, Any]]) -> int:
    """How many rows change something."""
    return sum(Effect(row["effect"]) in {Effect.NEW, Effect.CHANGED} for row in rows)


def recorded(rows: Sequence[Mapping[str, Any]]) -> str:
    """What was saved, as the page says afterwards."""
    return f"Saved {count(count_to_record(rows), 'row')}: {summary(rows)}."


def records_of(partnerships: Sequence[Partnership], documents: Sequence[Document]) -> Records:
    """What is recorded of these documents of these partnerships. A draft is no record of a document."""
    milestones = milestones_by_key([one.id for one in partnerships], [one.key for one in documents])
    publications = publications_of([one.id for one in milestones.values()])
    return {
        where: publications[milestone.id]
        for where, milestone in milestones.items()
        if milestone.id in publications and not publications[milestone.id].is_draft
    }


def slots_of_partnership(partnership: Partnership, documents: Sequence[Document], records: Records) -> list[GridRow]:
    """The lines of a partnership's grid: its documents."""
    return [_slot(partnership, one, one.label, records) for one in documents]


def slots_of_document(partnerships: Sequence[Partnership], document: Document, records: Records) -> list[GridRow]:
    """The lines of the national grid of one document: the partnerships."""
    return [_slot(one, document, one.name, records) for one in partnerships]


def history_sheet(
    name: str, partnerships: Sequence[Partnership], documents: Sequence[Document], records: Records
) -> Sheet:
    """The file to fill in, with what is recorded already: read back as it is, it changes nothing."""
    rows = [
        [one.name, document.name, document.period.name, *_cells(records.get((one.id, document.key))), ""]
        for one in partnerships
        for document in documents
    ]
    return Sheet(name, history_rows.COLUMNS.names, rows)


def milestone_sheet(partnership: Partnership, milestones: Sequence[Milestone], today: date) -> Sheet:
    """The partnership's milestones as a file to change and import again: read back as it is, it changes nothing."""
    rows = [
        [
            partnership.slug,
            one.key,
            _kept(one.title),
            one.kind.value,
            one.due_on,
            one.owner.email if one.owner else "",
            one.state.value,
        ]
        for one in milestones
    ]
    return Sheet(f"milestones-{partnership.slug}-{today.isoformat()}", milestone_rows.COLUMNS.names, rows)


def _slot(partnership: Partnership, document: Document, heading: str, records: Records) -> GridRow:
    publication = records.get((partnership.id, document.key))
    if publication is None:
        return GridRow(partnership, document, heading)
    day = publication.first_published_on
    return GridRow(
        partnership,
        document,
        heading,
        published=f"{day:%d/%m/%Y}" if day else history_rows.UNKNOWN,
        address=full_address(publication),
        sent=government_copy(publication) is not None,
    )


def _cells(publication: Publication | None) -> list[Cell]:
    """Published on, address, sent and received, as a person would type them."""
    if publication is None:
        return ["", "", "", ""]
    copy = government_copy(publication)
    return [
        _when(publication.first_published_on),
        full_address(publication),
        _when(copy.sent_on) if copy else "",
        copy.received_on if copy else "",
    ]


def _when(day: date | None) -> Cell:
    return day or When(None).written


def _kept(text: str) -> str:
    """Text that an import reads back as it is: one apostrophe more where one would be taken for the export's."""
    return f"'{text}" if LED_BY_APOSTROPHES.match(text) else text
