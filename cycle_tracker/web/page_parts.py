"""What the macros of pages are given: a number at the top, and a thing to do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tile:
    """A number at the top of a page, and where it leads."""

    number: int
    label: str
    colour: str = "grey"
    address: str = ""


@dataclass(frozen=True)
class Task:
    """One thing to do, as the task list shows it."""

    title: str
    address: str
    summary: str
    status: str = ""
    colour: str = "grey"
