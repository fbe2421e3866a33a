"""Reading the filters of a list from its address. What is unknown is left out and said; what cannot be read stays in
its field, with a message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from cycle_tracker.core.lines import one_line
from cycle_tracker.core.written_dates import read_date

Value = TypeVar("Value")
LONGEST_TEXT = 100


@dataclass
class Reading:
    """One reading of the arguments of an address.

    `words` are what was understood, as it stands in an address; `typed` what the fields of the page show; `errors` the
    messages beside them; `ignored` names what was asked for and is not known.
    """

    arguments: Mapping[str, str]
    words: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def choice(self, name: str, label: str, known: Mapping[str, Value]) -> Value | None:
        """One of the values offered."""
        asked = self.arguments.get(name, "").strip()
        if not asked:
            return None
        if asked not in known:
            self.ignored.append(label)
            return None
        self.words[name] = self.typed[name] = asked
        return known[asked]

    def text(self, name: str) -> str:
        """Words to look for."""
        asked = one_line(self.arguments.get(name, "")[: LONGEST_TEXT * 10])
        self.typed[name] = asked
        if len(asked) > LONGEST_TEXT:
            self.errors[name] = f"Enter {LONGEST_TEXT} characters or fewer"
            return ""
        if asked:
            self.words[name] = asked
        return asked

    def day(self, name: str) -> date | None:
        """A day as people write it."""
        asked = one_line(self.arguments.get(name, "")[:LONGEST_TEXT])
        self.typed[name] = asked
        if not asked:
            return None
        try:
            found = read_date(asked)
        except ValueError as error:
            self.errors[name] = str(error)
            return None
        self.words[name] = f"{found:%Y-%m-%d}"
        return found

    def days(self, first: str, last: str) -> tuple[date | None, date | None]:
        """A first and a last day; a last one before the first is left out and said."""
        from_day, to_day = self.day(first), self.day(last)
        if from_day and to_day and to_day < from_day:
            self.errors[last] = "The last date must be on or after the first date"
            self.words.pop(last)
            return from_day, None
        return from_day, to_day

    def flag(self, name: str) -> bool:
        """True where a box was ticked."""
        is_set = self.arguments.get(name, "") == "yes"
        if is_set:
            self.words[name] = self.typed[name] = "yes"
        return is_set

    def narrows(self, names: Iterable[str]) -> bool:
        """True where one of these filters is set."""
        return any(name in self.words for name in names)


KEPT = ("text", "cycle", "stage", "kind", "state", "owner", "due_from", "due_to", "overdue", "sort", "page")
"""What the address of a list says, by name; the list reads it again and leaves out what it does not know."""


def list_address(arguments: Mapping[str, str]) -> dict[str, Any]:
    """What a page about some rows of a list keeps of the list's address, for the way back."""
    return {name: arguments[name][:LONGEST_TEXT] for name in KEPT if arguments.get(name)}
