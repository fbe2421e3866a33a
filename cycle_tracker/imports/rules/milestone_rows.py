"""One row of a file of milestones: which milestone, and what it is to be. An empty cell leaves what is there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cycle_tracker.core.kinds import Kind
from cycle_tracker.core.lifecycle import State
from cycle_tracker.imports.rules.import_rows import Columns, Problem, RowReader, SheetRow, shortened

PARTNERSHIP, KEY, TITLE, KIND, DUE_ON, OWNER, STATE = (
    "partnership",
    "key",
    "title",
    "kind",
    "due_on",
    "owner",
    "state",
)
COLUMNS = Columns(
    names=(PARTNERSHIP, KEY, TITLE, KIND, DUE_ON, OWNER, STATE),
    required=frozenset({PARTNERSHIP, KEY, TITLE, KIND, DUE_ON, OWNER, STATE}),
)
LONGEST_KEY, LONGEST_TITLE, LONGEST_EMAIL = 80, 300, 254
KEY_FORM = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
EMAIL_FORM = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class MilestoneRow:
    """What a row says; None and empty where it says nothing. `place` and `owner` are still to be looked up."""

    number: int
    place: str
    key: str
    title: str
    kind: Kind | None
    due_on: date | None
    owner: str
    state: State | None


def read_milestone_rows(rows: Iterable[SheetRow]) -> tuple[list[MilestoneRow], list[Problem]]:
    """The rows that can be read, and what is wrong with the others."""
    read: list[MilestoneRow] = []
    problems: list[Problem] = []
    for row in rows:
        reader = RowReader(row)
        found = _read(reader)
        if reader.problems:
            problems += reader.problems
        else:
            read.append(found)
    return read, problems


def _read(reader: RowReader) -> MilestoneRow:
    return MilestoneRow(
        number=reader.row.number,
        place=_place(reader),
        key=_key(reader),
        title=reader.text(TITLE, longest=LONGEST_TITLE),
        kind=_kind(reader),
        due_on=reader.day(DUE_ON),
        owner=_owner(reader),
        state=_state(reader),
    )


def _place(reader: RowReader) -> str:
    if not reader.row[PARTNERSHIP]:
        reader.refuse(PARTNERSHIP, "Enter a partnership.")
    return reader.text(PARTNERSHIP, longest=200)


def _key(reader: RowReader) -> str:
    key = reader.row[KEY].lower()
    if not key:
        reader.refuse(KEY, "Enter the key of the milestone, for example 2026-29.family-survey.")
    elif len(key) > LONGEST_KEY:
        reader.refuse(KEY, f"The key must be {LONGEST_KEY} characters or fewer. It has {len(key):,}.")
    elif not KEY_FORM.fullmatch(key):
        reader.refuse(
            KEY,
            f"“{shortened(key)}” is not a valid key. "
            "Use lower case letters and digits, with single dots or hyphens between them.",
        )
    return key


def _kind(reader: RowReader) -> Kind | None:
    word = _word(reader.row[KIND])
    if not word:
        return None
    try:
        return Kind(word)
    except ValueError:
        reader.refuse(KIND, f"“{shortened(word)}” is not a kind. It can be {', '.join(Kind)}.")
        return None


def _owner(reader: RowReader) -> str:
    owner = reader.text(OWNER, longest=LONGEST_EMAIL).lower()
    if owner and not EMAIL_FORM.fullmatch(owner):
        reader.refuse(OWNER, f"“{shortened(owner)}” is not an email address.")
    return owner


def _state(reader: RowReader) -> State | None:
    word = _word(reader.row[STATE])
    if not word:
        return None
    try:
        return State(word)
    except ValueError:
        reader.refuse(STATE, f"“{shortened(word)}” is not a state. It can be {', '.join(State)}.")
        return None


def _word(text: str) -> str:
    """A word of a list, however it is written: `Not started`, `not_started`."""
    return "-".join(text[:100].casefold().replace("_", " ").replace("-", " ").split())
