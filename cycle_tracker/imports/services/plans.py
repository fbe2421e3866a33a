"""What the rows of an import would change, before anything is: the same for a page, a file and the command line."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cycle_tracker.imports.rules.import_rows import Problem, SheetRow, shortened
from cycle_tracker.models.partnership import Partnership
from cycle_tracker.partnerships.queries.partnership_names import PartnershipNames, read_partnership_names


class Effect(StrEnum):
    """What recording a row does."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    # The row says nothing, and leaves what is there as it is.
    NOTHING = "nothing"


@dataclass(frozen=True)
class Change:
    """One value that changes, in words; `old` is empty where there was none."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Step:
    """What one row does. `note` says who recorded what is there; `does` carries what the recorder needs."""

    number: int
    place: str
    subject: str
    effect: Effect
    changes: tuple[Change, ...] = ()
    note: str = ""
    does: Any = field(default=None, compare=False)

    def shown(self) -> dict[str, Any]:
        """The step as it is shown and kept."""
        return {
            "number": self.number,
            "place": self.place,
            "subject": self.subject,
            "effect": self.effect.value,
            "changes": [[change.what, change.old, change.new] for change in self.changes],
            "note": self.note,
        }


@dataclass(frozen=True)
class Plan:
    """What a whole import does, row by row, or what stands in its way. With problems, nothing of it is recorded."""

    steps: Sequence[Step] = ()
    problems: Sequence[Problem] = ()

    @property
    def to_record(self) -> list[Step]:
        """The steps that change something."""
        return [step for step in self.steps if step.effect in {Effect.NEW, Effect.CHANGED}]

    def count(self, effect: Effect) -> int:
        """How many rows do this."""
        return sum(step.effect is effect for step in self.steps)


def place_rows(
    rows: Iterable[SheetRow],
    column: str,
    problems: list[Problem],
    *,
    only: Partnership | None,
    allows: Callable[[int], bool],
) -> dict[int, Partnership]:
    """The partnership of each row, by the row's number; what stands in the way is added to the problems.

    With `only`, all rows must be about it; `allows` says for which partnerships the person may record.
    """
    names = read_partnership_names()
    found = {}
    for row in rows:
        partnership, words = _place(row[column], names) if row[column] else (None, "")
        if partnership is not None and only is not None and partnership.id != only.id:
            words = f"This page is for {only.name} only."
        elif partnership is not None and not allows(partnership.id):
            words = f"You cannot record anything for {partnership.name}."
        if words:
            problems.append(Problem(row.number, column, words))
        elif partnership is not None:
            found[row.number] = partnership
    return found


def _place(text: str, names: PartnershipNames) -> tuple[Partnership | None, str]:
    found = names.find(text)
    if len(found) == 1:
        return found[0], ""
    if found:
        return None, f"“{shortened(text)}” is part of {len(found)} partnerships. Enter the name of one partnership."
    return None, f"We do not recognise the partnership “{shortened(text)}”."


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems in the order of their rows."""
    return sorted(problems, key=lambda problem: problem.row)


def with_place(rows: Sequence[SheetRow], column: str, partnership: Partnership) -> list[SheetRow]:
    """Rows of a file about one partnership, which need not name it."""
    return [row if row[column] else SheetRow(row.number, {**row.cells, column: partnership.name}) for row in rows]
