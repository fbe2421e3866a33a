"""The filters of a list, as a form that is read from the address. What is unknown is left out and said; what cannot be
read stays in its field, with a message."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from wtforms import BooleanField, Form, SelectField

from cycle_tracker.core.written_dates import read_date
from cycle_tracker.web.forms import LineField

Value = TypeVar("Value")
LONGEST_TEXT = 100
# A longer text is cut before anything looks at it.
LONGEST_READ = 10 * LONGEST_TEXT
# The order of a list, which leaves nothing out of it.
SORT = "sort"


class ChoiceFilter(SelectField, Generic[Value]):
    """One of the values offered. `value` is what was chosen, `word` how it reads in an address.

    `called` names the filter where what was asked for is not known.
    """

    def __init__(self, label: str, *, called: str = "", **options: Any) -> None:
        super().__init__(label, validate_choice=False, **options)
        self.called = called or label.lower()
        self.word = ""
        self.value: Value | None = None
        self.is_unknown = False

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: str | None = valuelist[0].strip() if valuelist else None

    def offer(
        self, known: Mapping[str, Value], choices: Iterable[tuple[str, str]] = (), *, shown_first: str = ""
    ) -> None:
        """Take what is asked for as one of the known values. Without choices, the page does not show the filter."""
        self.choices = list(choices)
        asked = self.data or ""
        if asked in known:
            self.word, self.value = asked, known[asked]
        else:
            self.is_unknown = bool(asked)
            self.data = shown_first or None

    @property
    def is_offered(self) -> bool:
        """True where there is something to choose from."""
        return bool(self.choices)


class Named(Protocol):
    """A partnership, or what of it names it."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...


class PartnershipFilter(ChoiceFilter[str]):
    """One of the partnerships that the person may ask for, by its slug."""

    def __init__(self, *, everywhere: str = "All partnerships", **options: Any) -> None:
        super().__init__("Partnership", **options)
        self.everywhere = everywhere

    def offer_each(self, partnerships: Sequence[Named], *, of_one: bool = True) -> None:
        """Offer these partnerships. Where `of_one` is false, the page shows no choice of a single one."""
        named = [(one.slug, one.name) for one in partnerships]
        is_choice = of_one or len(named) > 1
        self.offer({slug: slug for slug, _ in named}, [("", self.everywhere), *named] if is_choice else [])


def _cut(values: list[Any], most: int) -> list[str]:
    """The first value, as far as anything looks at it. What is no text is an empty one."""
    return [value[:most] if isinstance(value, str) else "" for value in values[:1]]


class TextFilter(LineField):
    """Words to look for."""

    word = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(_cut(valuelist, LONGEST_READ))
        text = self.data or ""
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"Enter {LONGEST_TEXT} characters or fewer")
        self.word = text


class DayFilter(LineField):
    """A day as people write it."""

    value: date | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(_cut(valuelist, LONGEST_TEXT))
        self.value = read_date(self.data) if self.data else None

    @property
    def word(self) -> str:
        """The day as it reads in an address."""
        return f"{self.value:%Y-%m-%d}" if self.value else ""


class FlagFilter(BooleanField):
    """A box to tick."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[:1] == ["yes"]

    @property
    def word(self) -> str:
        """The tick as it reads in an address."""
        return "yes" if self.data else ""


class FilterForm(Form):
    """The filters of one list. Each list declares its fields, in the order in which they stand in its address, and
    offers the choices of each to the person who asks."""

    def __init__(self, arguments: Mapping[str, str]) -> None:
        super().__init__(arguments)
        for field in self:  # none has validators: only what could not be read is wrong
            if field.process_errors:
                field.errors = list(field.process_errors)

    def in_address(self, **changed: str) -> dict[str, Any]:
        """The filters as they stand in an address, some of them changed; what says nothing is left out."""
        words = {field.name: field.word for field in self} | changed
        return {name: word for name, word in words.items() if word}

    @property
    def ignored(self) -> list[str]:
        """What was asked for and is not known, by the names of the filters."""
        return [field.called for field in self if isinstance(field, ChoiceFilter) and field.is_unknown]

    @property
    def narrows(self) -> bool:
        """True where something is left out of the list."""
        return any(field.word for field in self if field.name != SORT)


def keep_order(first: DayFilter, last: DayFilter) -> None:
    """A last day before the first is left out and said."""
    if first.value and last.value and last.value < first.value:
        last.value = None
        last.errors = ["The last date must be on or after the first date"]


# What the address of a list says, by name; the list reads it again and leaves out what it does not know.
KEPT = ("text", "cycle", "stage", "kind", "state", "owner", "due_from", "due_to", "overdue", SORT, "page")


def list_address(arguments: Mapping[str, str]) -> dict[str, Any]:
    """What a page about some rows of a list keeps of the list's address, for the way back."""
    return {name: arguments[name][:LONGEST_TEXT] for name in KEPT if arguments.get(name)}
