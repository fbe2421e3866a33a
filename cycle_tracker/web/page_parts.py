"""What the macros of pages are given: a number at the top, a thing to do, a part of another package."""

from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Tile:
    """A number at the top of a page, and where it leads."""

    number: int
    label: str
    colour: str = "grey"
    address: str = ""


class Task(NamedTuple):
    """One thing to do, as the task list shows it: the macro unpacks it in this order."""

    title: str
    address: str
    summary: str
    status: str = ""
    colour: str = "grey"


@dataclass(frozen=True)
class Section:
    """One part of a milestone's page: `template` is a file in `templates/`, which is given `content` as `section`."""

    template: str
    content: Any


class Row(NamedTuple):
    """A name and its value."""

    key: str
    value: str
